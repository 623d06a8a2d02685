import ResilienceWire

/// The instances that are gone and still kept, by when they went: at most ``Fleet/goneLimit``.
struct GoneInstances: Equatable, Sendable {
    private struct Entry: Equatable {
        let id: InstanceID
        let since: Int64
    }

    /// Oldest first; of the same time by their names, so that it does not matter how they came in.
    private var entries: [Entry] = []

    /// An instance went, or has gone at another time.
    mutating func add(_ id: InstanceID, since: Int64) {
        remove(id)
        let index = entries.lastIndex { ($0.since, $0.id) < (since, id) }.map { $0 + 1 } ?? 0
        entries.insert(Entry(id: id, since: since), at: index)
    }

    /// An instance is back, if it was gone.
    mutating func remove(_ id: InstanceID) {
        entries.removeAll { $0.id == id }
    }

    /// Takes out those that went before a time, and the oldest of too many.
    mutating func forget(before time: Int64) -> [InstanceID] {
        let late = entries.firstIndex { $0.since >= time } ?? entries.count
        let count = max(late, entries.count - Fleet.goneLimit)
        defer { entries.removeFirst(count) }
        return entries.prefix(count).map(\.id)
    }
}

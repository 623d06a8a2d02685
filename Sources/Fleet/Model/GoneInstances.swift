import ResilienceWire

/// The gone instances that are still kept, ordered by the time they went; at most
/// ``Fleet/goneLimit``.
struct GoneInstances: Equatable, Sendable {
    private struct Entry: Equatable {
        let id: InstanceID
        let since: Int64
    }

    /// Oldest first. Equal times are ordered by name, so the order of insertion does not matter.
    private var entries: [Entry] = []

    /// Adds a gone instance, or changes the time at which it went.
    mutating func add(_ id: InstanceID, since: Int64) {
        remove(id)
        let index = entries.lastIndex { ($0.since, $0.id) < (since, id) }.map { $0 + 1 } ?? 0
        entries.insert(Entry(id: id, since: since), at: index)
    }

    /// Removes an instance that is back. Does nothing if it was not gone.
    mutating func remove(_ id: InstanceID) {
        entries.removeAll { $0.id == id }
    }

    /// Removes and returns the instances that went before `time`, and the oldest beyond
    /// ``Fleet/goneLimit``.
    mutating func forget(before time: Int64) -> [InstanceID] {
        let late = entries.firstIndex { $0.since >= time } ?? entries.count
        let count = max(late, entries.count - Fleet.goneLimit)
        defer { entries.removeFirst(count) }
        return entries.prefix(count).map(\.id)
    }
}

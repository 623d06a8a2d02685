import ResilienceWire

/// Approximate memory of each instance, from the records of its strategies.
struct MemoryBook {
    private struct Peer {
        var total = 0
        var strategies: [String: Int] = [:]

        /// Returns the change of the total, in bytes.
        mutating func set(_ sizes: some Sequence<(strategy: String, bytes: Int)>) -> Int {
            let before = total
            for (strategy, bytes) in sizes {
                total += bytes - (strategies.updateValue(bytes, forKey: strategy) ?? 0)
            }
            return total - before
        }
    }

    private var peers: [InstanceID: Peer] = [:]
    /// The memory of all instances, in bytes.
    private(set) var total = 0

    /// The memory of an instance, in bytes.
    func bytes(of id: InstanceID) -> Int { peers[id]?.total ?? 0 }

    /// Sets the memory of strategies of one instance, in bytes.
    mutating func set(_ sizes: some Sequence<(strategy: String, bytes: Int)>, of id: InstanceID) {
        total += peers[id, default: Peer()].set(sizes)
    }

    /// Removes an instance.
    mutating func remove(_ id: InstanceID) {
        total -= peers.removeValue(forKey: id)?.total ?? 0
    }

    /// Removes the instances that do not match.
    mutating func keep(where isKept: (InstanceID) -> Bool) {
        for id in peers.keys.filter({ !isKept($0) }) { remove(id) }
    }

    /// The instance with the most memory.
    var largest: InstanceID? { peers.max { $0.value.total < $1.value.total }?.key }
}

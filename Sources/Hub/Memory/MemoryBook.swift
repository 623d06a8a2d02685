import ResilienceWire

/// Approximate memory of each instance, from the records of its strategies.
struct MemoryBook {
    private struct Peer {
        var total = 0
        var strategies: [String: Int] = [:]
    }

    private var peers: [InstanceID: Peer] = [:]
    /// The memory of all instances, in bytes.
    private(set) var total = 0

    /// The memory of an instance, in bytes.
    func bytes(of id: InstanceID) -> Int { peers[id]?.total ?? 0 }

    /// Sets the memory of a strategy, in bytes.
    mutating func set(_ bytes: Int, for strategy: String, of id: InstanceID) {
        let before = peers[id]?.strategies.updateValue(bytes, forKey: strategy)
        if before == nil, peers[id] == nil { peers[id] = Peer(strategies: [strategy: bytes]) }
        peers[id]?.total += bytes - (before ?? 0)
        total += bytes - (before ?? 0)
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

import ResilienceWire

/// About how much of the hub's memory each instance takes, by what is known of its strategies.
struct MemoryBook {
    private struct Peer {
        var total = 0
        var strategies: [String: Int] = [:]
    }

    private var peers: [InstanceID: Peer] = [:]
    /// All of them together, in bytes.
    private(set) var total = 0

    /// What an instance takes, in bytes.
    func bytes(of id: InstanceID) -> Int { peers[id]?.total ?? 0 }

    /// A strategy takes so many bytes now.
    mutating func set(_ bytes: Int, for strategy: String, of id: InstanceID) {
        let before = peers[id]?.strategies.updateValue(bytes, forKey: strategy)
        if before == nil, peers[id] == nil { peers[id] = Peer(strategies: [strategy: bytes]) }
        peers[id]?.total += bytes - (before ?? 0)
        total += bytes - (before ?? 0)
    }

    /// An instance takes nothing any more.
    mutating func remove(_ id: InstanceID) {
        total -= peers.removeValue(forKey: id)?.total ?? 0
    }

    /// Forgets the instances that do not fit.
    mutating func keep(where isKept: (InstanceID) -> Bool) {
        for id in peers.keys.filter({ !isKept($0) }) { remove(id) }
    }

    /// The instance that takes most.
    var largest: InstanceID? { peers.max { $0.value.total < $1.value.total }?.key }
}

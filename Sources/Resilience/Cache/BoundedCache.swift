/// Values by key: so many, of which the least recently used goes first, each for a time.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// A value, and how long ago it was stored.
    struct Hit {
        let value: Value
        let age: Duration
    }

    private struct Node {
        let key: Key
        let value: Value
        let stored: Instant
        /// The neighbours in order of use: who was used just before, and just after.
        var older: Int?
        var newer: Int?
    }

    private let policy: CachePolicy
    private var slots: [Key: Int] = [:]
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var oldest: Int?
    private var newest: Int?

    init(_ policy: CachePolicy) {
        self.policy = policy
    }

    var count: Int { slots.count }

    /// Keeps a value, and drops the least recently used where there is no room.
    mutating func store(_ value: Value, for key: Key, at now: Instant) {
        remove(key)
        if slots.count == policy.capacity, let oldest, let node = nodes[oldest] {
            remove(node.key)
        }
        let node = Node(key: key, value: value, stored: now)
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            nodes[slot] = node
        } else {
            slot = nodes.count
            nodes.append(node)
        }
        slots[key] = slot
        link(slot)
    }

    /// The value, unless it is too old; a use of it.
    mutating func value(for key: Key, at now: Instant) -> Hit? {
        guard let slot = slots[key], let node = nodes[slot] else { return nil }
        let age = max(.zero, now - node.stored)
        if let timeToLive = policy.timeToLive, age >= timeToLive {
            remove(key)
            return nil
        }
        unlink(slot)
        link(slot)
        return Hit(value: node.value, age: age)
    }

    /// The value, unless it is too old; not a use of it.
    func peek(_ key: Key, at now: Instant) -> Value? {
        guard let slot = slots[key], let node = nodes[slot] else { return nil }
        if let timeToLive = policy.timeToLive, now - node.stored >= timeToLive { return nil }
        return node.value
    }

    mutating func remove(_ key: Key) {
        guard let slot = slots.removeValue(forKey: key) else { return }
        unlink(slot)
        nodes[slot] = nil
        free.append(slot)
    }

    /// Puts a slot at the newest end.
    private mutating func link(_ slot: Int) {
        nodes[slot]?.older = newest
        nodes[slot]?.newer = nil
        if let newest { nodes[newest]?.newer = slot }
        newest = slot
        if oldest == nil { oldest = slot }
    }

    private mutating func unlink(_ slot: Int) {
        let older = nodes[slot]?.older
        let newer = nodes[slot]?.newer
        if let older { nodes[older]?.newer = newer } else { oldest = newer }
        if let newer { nodes[newer]?.older = older } else { newest = older }
    }
}

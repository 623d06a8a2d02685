/// A dictionary whose values are ordered by their last use.
struct UseOrder<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Node {
        let key: Key
        var value: Value
        /// The neighbours in order of use: the slot used just before this one, and the one used
        /// just after.
        var older: Int?
        var newer: Int?
    }

    private var slots: [Key: Int] = [:]
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var oldestSlot: Int?
    private var newestSlot: Int?

    var count: Int { slots.count }

    /// The least recently used.
    var oldest: (key: Key, value: Value)? {
        guard let oldestSlot, let node = nodes[oldestSlot] else { return nil }
        return (node.key, node.value)
    }

    /// Sets the value of a key and marks it as used, unless `stays` returns `true` for the present
    /// value.
    mutating func set(_ value: Value, for key: Key, unless stays: (Value) -> Bool = { _ in false })
    {
        if let slot = slots[key] {
            if let present = nodes[slot]?.value, stays(present) { return }
            nodes[slot]?.value = value
            use(slot)
            return
        }
        let node = Node(key: key, value: value)
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

    /// Returns the value of a key and marks it as used.
    mutating func use(_ key: Key) -> Value? {
        guard let slot = slots[key] else { return nil }
        use(slot)
        return nodes[slot]?.value
    }

    /// Returns the value of a key without marking it as used.
    func peek(_ key: Key) -> Value? {
        slots[key].flatMap { nodes[$0]?.value }
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let slot = slots.removeValue(forKey: key) else { return nil }
        unlink(slot)
        defer { nodes[slot] = nil }
        free.append(slot)
        return nodes[slot]?.value
    }

    private mutating func use(_ slot: Int) {
        guard slot != newestSlot else { return }
        unlink(slot)
        link(slot)
    }

    /// Moves a slot to the newest end.
    private mutating func link(_ slot: Int) {
        nodes[slot]?.older = newestSlot
        nodes[slot]?.newer = nil
        if let newestSlot { nodes[newestSlot]?.newer = slot }
        newestSlot = slot
        if oldestSlot == nil { oldestSlot = slot }
    }

    private mutating func unlink(_ slot: Int) {
        let older = nodes[slot]?.older
        let newer = nodes[slot]?.newer
        if let older { nodes[older]?.newer = newer } else { oldestSlot = newer }
        if let newer { nodes[newer]?.older = older } else { newestSlot = older }
    }
}

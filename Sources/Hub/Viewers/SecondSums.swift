import Fleet
import ResilienceWire

/// Sums of the deltas of each second by strategy, for viewers that update once a second.
struct SecondSums {
    fileprivate struct Sum {
        var delta: Delta
        var at: Int64
    }

    private var open: [InstanceID: [String: [Sum]]] = [:]
    /// The Unix second of the open sums.
    private var second: Int64 = 0
    /// Sums of past seconds. The oldest is last.
    private var closed: [(source: InstanceID, sums: [String: [Sum]])] = []

    /// Whether there are no sums, open or closed.
    var isEmpty: Bool { open.isEmpty && closed.isEmpty }
    /// Whether closed sums wait to be taken.
    var hasClosed: Bool { !closed.isEmpty }

    /// Adds a delta that arrived at a time in Unix milliseconds.
    mutating func add(_ delta: Delta, from source: InstanceID, at: Int64) {
        turn(at: at)
        second = Self.second(at)
        open[source, default: [:]][delta.strategy, default: []].add(delta, at: at)
    }

    /// Closes the open sums if the time is in another second.
    mutating func turn(at: Int64) {
        if Self.second(at) != second { close() }
    }

    /// Closes all open sums.
    mutating func close() {
        closed.insert(contentsOf: open.map { (source: $0, sums: $1) }, at: 0)
        open.removeAll(keepingCapacity: true)
    }

    /// Removes the oldest closed sums of one instance and returns them as lines. `nil` if there are
    /// none.
    mutating func next() -> [Line]? {
        closed.popLast().map { source, sums in
            sums.values.flatMap { $0.map { Line(at: $0.at, source: source, .delta($0.delta)) } }
        }
    }

    private static func second(_ at: Int64) -> Int64 { at / 1_000 }
}

extension [SecondSums.Sum] {
    fileprivate mutating func add(_ delta: Delta, at: Int64) {
        // A delta belongs to the slot in which it arrives, unless its span is longer than a slot.
        // Only deltas within one slot may be added together.
        if let last = indices.last,
            Swift.max(self[last].delta.spanMS, delta.spanMS) <= Window.slotMS
        {
            self[last].delta.add(delta)
            self[last].delta.spanMS = Swift.min(self[last].delta.spanMS, Window.slotMS)
            self[last].at = at
        } else {
            append(SecondSums.Sum(delta: delta, at: at))
        }
    }
}

import Fleet
import ResilienceWire

/// The deltas of the present second, summed by strategy: for viewers who look once a second.
struct SecondSums {
    fileprivate struct Sum {
        var delta: Delta
        var at: Int64
    }

    private var open: [InstanceID: [String: [Sum]]] = [:]
    /// The Unix second of the open ones.
    private var second: Int64 = 0
    /// Those of seconds that are over, the oldest last.
    private var closed: [(source: InstanceID, sums: [String: [Sum]])] = []

    /// Whether there are none.
    var isEmpty: Bool { open.isEmpty && closed.isEmpty }
    /// Whether some of a second that is over are left to be taken.
    var hasClosed: Bool { !closed.isEmpty }

    /// Adds a delta that came at a time.
    mutating func add(_ delta: Delta, from source: InstanceID, at: Int64) {
        turn(at: at)
        second = Self.second(at)
        open[source, default: [:]][delta.strategy, default: []].add(delta, at: at)
    }

    /// Closes the sums of another second than the one of a time.
    mutating func turn(at: Int64) {
        if Self.second(at) != second { close() }
    }

    /// Closes them all.
    mutating func close() {
        closed.insert(contentsOf: open.map { (source: $0, sums: $1) }, at: 0)
        open.removeAll(keepingCapacity: true)
    }

    /// The oldest sums of one instance that are closed, as lines, which are taken out; `nil` if there
    /// are none.
    mutating func next() -> [Line]? {
        closed.popLast().map { source, sums in
            sums.values.joined().map { Line(at: $0.at, source: source, .delta($0.delta)) }
        }
    }

    private static func second(_ at: Int64) -> Int64 { at / 1_000 }
}

extension [SecondSums.Sum] {
    fileprivate mutating func add(_ delta: Delta, at: Int64) {
        // Each is of the slot that it came in, as a delta is unless it covers more than one slot.
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

import Fleet
import ResilienceWire

/// Sums of the deltas of each second by strategy, for viewers that update once a second.
struct SecondSums {
    fileprivate struct Sum {
        var delta: Delta
        var at: Int64

        /// Adds a delta of the same second. Returns `false` if it belongs to another slot: a delta
        /// belongs to the slot in which it arrives, unless its span is longer than a slot. Only
        /// deltas within one slot may be added together.
        mutating func add(_ later: Delta, at time: Int64) -> Bool {
            guard max(delta.spanMS, later.spanMS) <= Window.slotMS else { return false }
            delta.add(later)
            delta.spanMS = min(delta.spanMS, Window.slotMS)
            at = time
            return true
        }
    }

    /// The sums of one strategy in one second. Nearly always there is only the last one.
    fileprivate struct Sums {
        var earlier: [Sum] = []
        var last: Sum

        mutating func add(_ delta: Delta, at time: Int64) {
            guard !last.add(delta, at: time) else { return }
            earlier.append(last)
            last = Sum(delta: delta, at: time)
        }
    }

    private var open: [InstanceID: [String: Sums]] = [:]
    /// The Unix second of the open sums.
    private var second: Int64 = 0
    /// Sums of past seconds. The oldest is last.
    private var closed: [(source: InstanceID, sums: [String: Sums])] = []

    /// Whether there are no sums, open or closed.
    var isEmpty: Bool { open.isEmpty && closed.isEmpty }
    /// Whether closed sums wait to be taken.
    var hasClosed: Bool { !closed.isEmpty }

    /// Adds a delta that arrived at a time in Unix milliseconds.
    mutating func add(_ delta: Delta, from source: InstanceID, at: Int64) {
        turn(at: at)
        second = Self.second(at)
        open[source, default: [:]].add(delta, at: at)
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

    /// Removes the oldest closed sums of one instance and passes them on as lines. Returns `false`
    /// if there are none.
    mutating func next(_ body: (Line) -> Void) -> Bool {
        guard let (source, strategies) = closed.popLast() else { return false }
        for sums in strategies.values {
            for sum in sums.earlier { body(Line(at: sum.at, source: source, .delta(sum.delta))) }
            body(Line(at: sums.last.at, source: source, .delta(sums.last.delta)))
        }
        return true
    }

    private static func second(_ at: Int64) -> Int64 { at / 1_000 }
}

extension [String: SecondSums.Sums] {
    fileprivate mutating func add(_ delta: Delta, at: Int64) {
        guard let index = index(forKey: delta.strategy) else {
            self[delta.strategy] = SecondSums.Sums(last: SecondSums.Sum(delta: delta, at: at))
            return
        }
        values[index].add(delta, at: at)
    }
}

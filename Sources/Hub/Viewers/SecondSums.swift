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
            last = Sum(delta: delta.compact, at: time)
        }
    }

    /// Where the deltas of one strategy of one connection are summed. The caller keeps it.
    struct Place {
        /// The number of the batch for which it is valid.
        fileprivate var batch = 0
        fileprivate var index = 0
    }

    private struct Entry {
        let source: InstanceID
        var sums: Sums
    }

    private struct Batch {
        let number: Int
        var entries: [Entry]
    }

    /// The sums of the present second.
    private var open: [Entry] = []
    /// The number of the batch that the open sums become.
    private(set) var number = 1
    /// The Unix second of the open sums.
    private var second: Int64 = 0
    /// The oldest batch of closed sums. Empty without closed sums.
    private var oldest = Batch(number: 0, entries: [])
    /// The other batches of closed sums, oldest first.
    private var others: [Batch] = []
    /// Sums that were taken. Their storage is used again.
    private var spare: [Delta] = []

    /// The number of strategies and seconds with sums, open or closed.
    var count: Int {
        others.reduce(open.count + oldest.entries.count) { $0 + $1.entries.count }
    }
    /// Whether closed sums wait to be taken.
    var hasClosed: Bool { !oldest.entries.isEmpty }
    /// The number of the oldest closed batch.
    var closedNumber: Int { oldest.number }
    /// Whether sums of more than one batch wait to be taken.
    var isBehind: Bool { !others.isEmpty }

    /// Adds a delta that arrived at a time in Unix milliseconds.
    mutating func add(
        _ delta: Delta, from source: InstanceID, at: Int64, _ place: inout Place
    ) {
        turn(at: at)
        second = Self.second(at)
        if place.batch == number {
            open[place.index].sums.add(delta, at: at)
        } else {
            place = Place(batch: number, index: open.count)
            open.append(Entry(source: source, sums: Sums(last: Sum(delta: copy(delta), at: at))))
        }
    }

    /// Closes the open sums if the time is in another second.
    mutating func turn(at: Int64) {
        if Self.second(at) != second { close() }
    }

    /// Closes all open sums: what is added from now on belongs to another batch.
    ///
    /// - Returns: the number of that batch.
    @discardableResult
    mutating func close() -> Int {
        guard !open.isEmpty else { return number }
        let room = open.count
        others.append(Batch(number: number, entries: open))
        if !hasClosed { oldest = others.removeFirst() }
        open = []
        open.reserveCapacity(room)
        // An agent that left needs no room in the next second.
        if spare.count > room { spare.removeLast(spare.count - room) }
        number += 1
        return number
    }

    /// Removes all sums.
    mutating func removeAll() {
        close()
        oldest.entries = []
        others = []
        spare = []
    }

    /// Removes the sums of one strategy from the oldest closed batch and passes them on, each with
    /// its source and time.
    ///
    /// - Returns: whether the batch has more.
    mutating func next(_ body: (Delta, InstanceID, Int64) -> Void) -> Bool {
        guard hasClosed else { return false }
        let entry = oldest.entries.removeLast()
        for sum in entry.sums.earlier { body(sum.delta, entry.source, sum.at) }
        let delta = entry.sums.last.delta
        body(delta, entry.source, entry.sums.last.at)
        if delta.isSmall { spare.append(delta) }
        guard oldest.entries.isEmpty else { return true }
        if !others.isEmpty { oldest = others.removeFirst() }
        return false
    }

    private mutating func copy(_ delta: Delta) -> Delta {
        guard var copy = spare.popLast() else { return delta.compact }
        copy.replace(with: delta)
        return copy
    }

    private static func second(_ at: Int64) -> Int64 { at / 1_000 }
}

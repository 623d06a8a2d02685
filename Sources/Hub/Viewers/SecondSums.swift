import Fleet
import ResilienceWire

/// Sums of the deltas of each second by strategy, for viewers that update once a second.
struct SecondSums {
    /// Where the deltas of one strategy of one connection are summed. The caller keeps it.
    struct Place {
        /// The number of the batch for which it is valid.
        fileprivate var batch = 0
        fileprivate var index = 0
    }

    private struct Batch {
        var number: Int
        /// The sums. Usually there is one for each strategy.
        var sums: [Delta] = []
        /// The source and the time of each sum.
        var marks: [(source: InstanceID, at: Int64)] = []
        /// The number of sums that were taken.
        var taken = 0

        var count: Int { sums.count - taken }
    }

    /// The sums of the present second.
    private var open = Batch(number: 1)
    /// The Unix second of the open sums.
    private var second: Int64 = 0
    /// The oldest batch of closed sums. Empty without closed sums.
    private var oldest = Batch(number: 0)
    /// The other batches of closed sums, oldest first.
    private var others: [Batch] = []
    /// Sums that were taken. Their storage is used again.
    private var spare: [Delta] = []

    /// The number of sums, open or closed.
    var count: Int { others.reduce(open.count + oldest.count) { $0 + $1.count } }
    /// Whether closed sums wait to be taken.
    var hasClosed: Bool { oldest.count > 0 }
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
        // A delta belongs to the slot in which it arrives, unless its span is longer than a slot. Only
        // deltas within one slot may be added together.
        if place.batch == open.number,
            max(open.sums[place.index].spanMS, delta.spanMS) <= Window.slotMS
        {
            open.sums[place.index].add(delta)
            open.sums[place.index].spanMS = min(open.sums[place.index].spanMS, Window.slotMS)
            open.marks[place.index].at = at
        } else {
            place = Place(batch: open.number, index: open.sums.count)
            open.sums.append(copy(delta))
            open.marks.append((source, at))
        }
    }

    /// Closes the open sums if the time is in another second.
    mutating func turn(at: Int64) {
        if Self.second(at) != second { close() }
    }

    /// Closes all open sums. Later deltas belong to another batch.
    ///
    /// - Returns: the number of the batch to which later deltas belong.
    @discardableResult
    mutating func close() -> Int {
        guard open.count > 0 else { return open.number }
        let room = open.count
        others.append(open)
        if !hasClosed { oldest = others.removeFirst() }
        open = Batch(number: open.number + 1)
        open.sums.reserveCapacity(room)
        open.marks.reserveCapacity(room)
        // An agent that left needs no room in the next second.
        if spare.count > room { spare.removeLast(spare.count - room) }
        return open.number
    }

    /// Removes all sums.
    mutating func removeAll() {
        close()
        oldest = Batch(number: oldest.number)
        others = []
        spare = []
    }

    /// Removes the first sum of the oldest closed batch and passes it on with its source and time.
    ///
    /// - Returns: whether the batch has more.
    mutating func next(_ body: (Delta, InstanceID, Int64) -> Void) -> Bool {
        guard hasClosed else { return false }
        // A copy would cost more than the rest.
        var sum = Delta(strategy: "", sequence: 0, spanMS: 0, counters: Counters())
        swap(&sum, &oldest.sums[oldest.taken])
        let mark = oldest.marks[oldest.taken]
        oldest.taken += 1
        body(sum, mark.source, mark.at)
        if sum.isSmall { spare.append(sum) }
        guard !hasClosed else { return true }
        oldest = others.isEmpty ? Batch(number: oldest.number) : others.removeFirst()
        return false
    }

    private mutating func copy(_ delta: Delta) -> Delta {
        guard var copy = spare.popLast() else { return delta.compact }
        copy.replace(with: delta)
        return copy
    }

    private static func second(_ at: Int64) -> Int64 { at / 1_000 }
}

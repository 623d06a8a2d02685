import NIOCore
import ResilienceWire

/// Encoded lines that are published but not yet in the backlog, in a form for each level of detail.
struct PendingLines {
    /// All lines; without `delta` and `call` lines unless a viewer wants them.
    private var all: [UInt8] = []
    /// The part of ``all`` without `delta` and `call` lines.
    private var events: [UInt8] = []
    /// All lines but deltas, if a viewer wants sums.
    private var others: [UInt8] = []
    /// A part of a batch of sums, and the number of the batch.
    private var summed: [UInt8] = []
    private var batch = 0
    private(set) var sums = SecondSums()
    /// The levels of detail that viewers want. What no viewer wants is not encoded.
    private(set) var wanted: Wanted = []

    /// Levels of detail with `delta` and `call` lines.
    struct Wanted: OptionSet {
        let rawValue: Int
        static let full = Wanted(rawValue: 1)
        static let sums = Wanted(rawValue: 2)
    }

    /// Whether no lines are pending. There may be sums that are no lines yet.
    var isEmpty: Bool { all.isEmpty && others.isEmpty && summed.isEmpty }

    /// Encodes and appends a line that is no delta. Rejects a line that is too long for readers:
    /// safe names and the source may have made it longer.
    ///
    /// - Returns: whether the line was appended.
    mutating func append(_ line: Line) -> Bool {
        guard let start = encode({ line.encode(into: &$0) }) else { return false }
        if wanted.contains(.sums) { others.append(contentsOf: all[start...]) }
        if line.message.isFigures {
            dropUnwantedFigures(from: start)
        } else {
            events.append(contentsOf: all[start...])
        }
        return true
    }

    /// Encodes and appends a delta, and adds it to its sum. Rejects a delta like
    /// ``append(_:)``.
    ///
    /// - Parameters:
    ///   - time: when the delta arrived, in Unix milliseconds.
    ///   - place: where the strategy's deltas are summed.
    /// - Returns: whether the delta was appended.
    mutating func append(
        _ delta: Delta, from source: InstanceID, at time: Int64, _ place: inout SecondSums.Place
    ) -> Bool {
        if wanted.contains(.full) || !delta.isShort {
            guard
                let start = encode({ Line.append(delta, from: source, at: time, to: &$0) })
            else { return false }
            dropUnwantedFigures(from: start)
        }
        if wanted.contains(.sums) { sums.add(delta, from: source, at: time, &place) }
        return true
    }

    /// Appends an encoded line. Returns its position, or `nil` if it is too long.
    private mutating func encode(_ line: (inout [UInt8]) -> Void) -> Int? {
        let start = all.count
        line(&all)
        // Leaves room because a keyframe repeats the line with a few more digits of state.
        guard all.count - start <= WireLimits.lineBytes - 1_024 else {
            all.removeLast(all.count - start)
            return nil
        }
        return start
    }

    private mutating func dropUnwantedFigures(from start: Int) {
        if !wanted.contains(.full) { all.removeLast(all.count - start) }
    }

    /// Closes the open sums if the time, in Unix milliseconds, is in another second.
    mutating func turn(at: Int64) { sums.turn(at: at) }

    /// Closes the open sums: they contain no delta that follows.
    ///
    /// - Returns: the number of the batch that the following deltas are in.
    mutating func closeSums() -> Int { sums.close() }

    /// Makes lines of a part of the oldest closed sums. Sums that are lines already are taken first.
    ///
    /// - Parameter limit: the size of the part, in bytes.
    mutating func passSums(limit: Int) {
        guard summed.isEmpty, sums.hasClosed else { return }
        batch = sums.closedNumber
        while passNextSums(), summed.count < limit {}
    }

    private mutating func passNextSums() -> Bool {
        sums.next { delta, source, time in
            let start = summed.count
            Line.append(delta, from: source, at: time, to: &summed)
            guard summed.count - start > WireLimits.lineBytes else { return }
            summed.removeLast(summed.count - start)
            Line.append(delta.withoutMessages, from: source, at: time, to: &summed)
        }
    }

    /// Sets the levels of detail that viewers want. No line may be pending, so that every piece of
    /// the backlog has all figures that it has any of.
    mutating func want(_ details: Wanted) {
        wanted = details
        if !details.contains(.sums) { sums.removeAll() }
    }

    /// Removes the lines and returns them as a piece for the backlog; `nil` if there are none.
    mutating func take() -> BroadcastBuffer.Piece? {
        guard !isEmpty else { return nil }
        defer {
            all.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
            others.removeAll(keepingCapacity: true)
            summed.removeAll(keepingCapacity: true)
        }
        let whole = ByteBuffer(bytes: all)
        let events = events.count == all.count ? whole : ByteBuffer(bytes: events)
        return BroadcastBuffer.Piece(
            all: whole, events: events,
            others: !wanted.contains(.sums)
                ? events : others.count == all.count ? whole : ByteBuffer(bytes: others),
            sums: summed.isEmpty ? nil : (batch, ByteBuffer(bytes: summed)))
    }
}

extension Delta {
    /// Whether its line is certainly short enough for readers, by an upper bound of its length.
    fileprivate var isShort: Bool {
        // The most bytes of a count, of a character in JSON, and of the fields besides the lists.
        let count = 20
        let escape = 6
        let rest = 4_096
        let pairs =
            counters.latency.count + (counters.stream?.firstByte.count ?? 0)
            + counters.retries.count
        let names = counters.errors.reduce(0) { $0 + $1.type.utf8.count * escape + count }
        let texts = counters.messages.reduce(0) {
            $0 + ($1.type.utf8.count + $1.text.utf8.count) * escape
        }
        return rest + pairs * 2 * count + names + texts <= WireLimits.lineBytes - 1_024
    }
}

import NIOCore
import ResilienceWire

/// Encoded lines that are published but not yet in the backlog, in a form for each level of detail.
struct PendingLines {
    /// All lines.
    private var all: [UInt8] = []
    /// The part of ``all`` without `delta` and `call` lines.
    private var events: [UInt8] = []
    /// The lines with one sum per strategy and second in place of single deltas. Empty unless
    /// ``isSumming``.
    private var summed: [UInt8] = []
    private var sums = SecondSums()
    /// Whether at least one viewer asked for sums.
    private(set) var isSumming = false

    /// Whether no lines and no sums are pending.
    var isEmpty: Bool { hasNoLines && sums.isEmpty }

    private var hasNoLines: Bool { all.isEmpty && summed.isEmpty }

    /// Encodes and appends a line. Rejects a line that is too long for readers: safe names and the
    /// source may have made it longer.
    ///
    /// - Returns: whether the line was appended.
    mutating func append(_ line: Line) -> Bool {
        let start = all.count
        line.encode(into: &all)
        // Leaves room because a keyframe repeats the line with a few more digits of state.
        guard all.count - start <= WireLimits.lineBytes - 1_024 else {
            all.removeLast(all.count - start)
            return false
        }
        if !line.message.isFigures { events.append(contentsOf: all[start...]) }
        if isSumming {
            if case .delta(let delta) = line.message, let source = line.source, let at = line.at {
                sums.add(delta, from: source, at: at)
            } else {
                summed.append(contentsOf: all[start...])
            }
        }
        return true
    }

    /// Closes the open sums if the time, in Unix milliseconds, is in another second.
    mutating func turn(at: Int64) { sums.turn(at: at) }

    /// Moves closed sums to the lines. Stops at a limit, so that agents are read between two calls.
    ///
    /// - Returns: whether closed sums are left.
    mutating func passSums() -> Bool {
        while summed.count < ViewerSession.keyframeBytes, passNextSums() {}
        return sums.hasClosed
    }

    /// Closes the open sums and moves all sums to the lines.
    mutating func passAllSums() {
        sums.close()
        while passNextSums() {}
    }

    private mutating func passNextSums() -> Bool {
        guard let lines = sums.next() else { return false }
        for line in lines { line.encodeWhole(into: &summed) }
        return true
    }

    /// Starts or stops summing. No line and no sum may be pending. So no piece of the backlog
    /// repeats a delta that a later sum contains, and every piece with sums has all of them.
    mutating func sum(_ isWanted: Bool) { isSumming = isWanted }

    /// Removes the lines and returns them as a piece for the backlog; `nil` if there are none.
    mutating func take() -> BroadcastBuffer.Piece? {
        guard !hasNoLines else { return nil }
        let whole = ByteBuffer(bytes: all)
        let isAllEvents = events.count == all.count
        defer {
            all.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
            summed.removeAll(keepingCapacity: true)
        }
        return BroadcastBuffer.Piece(
            all: whole, events: isAllEvents ? whole : ByteBuffer(bytes: events),
            summed: isSumming ? ByteBuffer(bytes: summed) : nil)
    }
}

extension Line {
    /// Appends the encoded line. If it is longer than readers accept, omits its error messages.
    /// Only sums of agents' deltas can get that long.
    func encodeWhole(into bytes: inout [UInt8]) {
        let start = bytes.count
        encode(into: &bytes)
        guard bytes.count - start > WireLimits.lineBytes else { return }
        bytes.removeLast(bytes.count - start)
        withoutMessages.encode(into: &bytes)
    }

    private var withoutMessages: Line {
        func cut(_ delta: Delta) -> Delta {
            var delta = delta
            delta.counters.messages = []
            return delta
        }
        var line = self
        if case .delta(let delta) = message { line.message = .delta(cut(delta)) }
        if case .total(let delta) = message { line.message = .total(cut(delta)) }
        if case .slot(let delta) = message { line.message = .slot(cut(delta)) }
        return line
    }
}

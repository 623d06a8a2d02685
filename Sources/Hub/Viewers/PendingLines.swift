import NIOCore
import ResilienceWire

/// Encoded lines that are published but not yet in the backlog, in a form for each level of detail.
struct PendingLines {
    /// All lines; without `delta` and `call` lines unless a viewer wants them.
    private var all: [UInt8] = []
    /// The part of ``all`` without `delta` and `call` lines.
    private var events: [UInt8] = []
    /// The lines with one sum per strategy and second in place of single deltas. Empty unless a
    /// viewer wants sums.
    private var summed: [UInt8] = []
    private var sums = SecondSums()
    /// The levels of detail that viewers want. What no viewer wants is not encoded.
    private(set) var wanted: Wanted = []

    /// Levels of detail with `delta` and `call` lines.
    struct Wanted: OptionSet {
        let rawValue: Int
        static let full = Wanted(rawValue: 1)
        static let sums = Wanted(rawValue: 2)
    }

    /// Whether no lines and no sums are pending.
    var isEmpty: Bool { hasNoLines && sums.isEmpty }

    private var hasNoLines: Bool { all.isEmpty && summed.isEmpty }

    /// Encodes and appends a line. Rejects a line that is too long for readers: safe names and the
    /// source may have made it longer.
    ///
    /// - Returns: whether the line was appended.
    mutating func append(_ line: Line) -> Bool {
        if !wanted.contains(.full), case .delta(let delta) = line.message, delta.isShort {
            if wanted.contains(.sums) { sum(delta, line) }
            return true
        }
        let start = all.count
        line.encode(into: &all)
        // Leaves room because a keyframe repeats the line with a few more digits of state.
        guard all.count - start <= WireLimits.lineBytes - 1_024 else {
            all.removeLast(all.count - start)
            return false
        }
        if !line.message.isFigures { events.append(contentsOf: all[start...]) }
        if wanted.contains(.sums) {
            if case .delta(let delta) = line.message {
                sum(delta, line)
            } else {
                summed.append(contentsOf: all[start...])
            }
        }
        if line.message.isFigures, !wanted.contains(.full) {
            all.removeLast(all.count - start)
        }
        return true
    }

    private mutating func sum(_ delta: Delta, _ line: Line) {
        guard let source = line.source, let at = line.at else { return }
        sums.add(delta, from: source, at: at)
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
        sums.next { $0.encodeWhole(into: &summed) }
    }

    /// Sets the levels of detail that viewers want. No line and no sum may be pending. So no piece
    /// of the backlog repeats a delta that a later sum contains, and every piece has all figures
    /// that it has any of.
    mutating func want(_ details: Wanted) { wanted = details }

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
            summed: wanted.contains(.sums) ? ByteBuffer(bytes: summed) : nil)
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

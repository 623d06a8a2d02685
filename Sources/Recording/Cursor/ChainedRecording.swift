package import Fleet
package import HostSupport
package import ResilienceWire

/// One or several consecutive recordings, read as one.
package final class ChainedRecording {
    private let parts: [RecordingCursor]
    /// The index of the part that is being read.
    private var position = 0

    /// - Parameters:
    ///   - paths: the files, oldest first; at least one.
    ///   - omitsDeltas: whether to skip deltas, which is faster.
    /// - Throws: ``Failure`` if a file is not a recording.
    package init(_ paths: [String], omitsDeltas: Bool = false) throws(Failure) {
        var parts: [RecordingCursor] = []
        for path in paths { parts.append(try RecordingCursor.open(path, omitsDeltas: omitsDeltas)) }
        self.parts = parts
    }

    /// The damage found so far in the first damaged part; `nil` if there is none.
    package var damage: RecordingDamage? { parts.lazy.map(\.damage).first { !$0.isNone } }

    /// Whether the recording supports seeking.
    package var canSeek: Bool { parts.allSatisfy { $0.index != nil } }

    /// The times of the first and the last line in Unix milliseconds.
    package var times: ClosedRange<Int64> {
        let first = parts[0].times.lowerBound
        return first...max(first, parts[parts.count - 1].times.upperBound)
    }

    /// The next line; `nil` at the end.
    package func next() -> Line? {
        while true {
            if let line = parts[position].next() { return line }
            guard position + 1 < parts.count else { return nil }
            position += 1
            parts[position].rewind()
        }
    }

    /// Seeks to a time and returns the state there. ``next()`` continues after it.
    ///
    /// - Parameter passing: called with the time of each line that is applied.
    package func state(at time: Int64, passing: (Int64) -> Void) -> Fleet {
        position = parts.lastIndex { $0.times.lowerBound <= time } ?? 0
        return parts[position].state(at: time, passing: passing)
    }
}

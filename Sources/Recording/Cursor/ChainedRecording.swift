package import Fleet
package import HostSupport
package import ResilienceWire

/// A recording, or several that follow each other, read as one.
package final class ChainedRecording {
    private let parts: [RecordingCursor]
    /// The one that is read.
    private var position = 0

    /// - Parameters:
    ///   - paths: the files, oldest first; at least one.
    ///   - omitsDeltas: whether figures are passed over, which is faster.
    /// - Throws: ``Failure`` where one is no recording.
    package init(_ paths: [String], omitsDeltas: Bool = false) throws(Failure) {
        var parts: [RecordingCursor] = []
        for path in paths { parts.append(try RecordingCursor(path, omitsDeltas: omitsDeltas)) }
        self.parts = parts
    }

    /// What could not be read so far, of the first that is damaged.
    package var damage: RecordingDamage? { parts.lazy.map(\.damage).first { !$0.isNone } }

    /// Whether one can go about in it.
    package var canSeek: Bool { parts.allSatisfy { $0.index != nil } }

    /// When it begins and ends.
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

    /// The state at a time, after which ``next()`` goes on.
    ///
    /// - Parameter passing: called with the time of each line on the way there.
    package func state(at time: Int64, passing: (Int64) -> Void) -> Fleet {
        position = parts.lastIndex { $0.times.lowerBound <= time } ?? 0
        return parts[position].state(at: time, passing: passing)
    }
}

package import ResilienceWire

/// The lines of a recording, with the lines of each keyframe in one unit.
package struct RecordingSteps {
    package struct Unit {
        package let at: Int64
        package let lines: [Line]
    }

    /// The maximum number of lines in a unit. A keyframe of 100,000 strategies has fewer.
    package static let most = 1 << 20

    private let recorded: ChainedRecording
    private var lastAt: Int64 = 0

    package init(_ recorded: ChainedRecording) {
        self.recorded = recorded
    }

    package mutating func next() -> Unit? {
        guard let line = recorded.next() else { return nil }
        var lines = [line]
        var tracker = KeyframeTracker()
        _ = tracker.take(line)
        while tracker.isInKeyframe, lines.count < Self.most, let more = recorded.next() {
            lines.append(more)
            _ = tracker.take(more)
        }
        lastAt = max(lastAt, line.at ?? lastAt)
        return Unit(at: lastAt, lines: lines)
    }
}

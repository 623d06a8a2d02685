import Fleet
import ResilienceWire

/// A fleet as a stream tells of it: of a keyframe that is arriving not a half is shown.
struct StreamedFleet: Sendable {
    /// Everything that was told, a keyframe's first half too.
    private(set) var told: Fleet
    /// What was known before the keyframe that is arriving.
    private var beforeKeyframe: Fleet?

    init(_ fleet: Fleet = Fleet()) {
        told = fleet
    }

    /// What is to be shown.
    var shown: Fleet { beforeKeyframe ?? told }

    /// Whether no keyframe is arriving.
    var isWhole: Bool { beforeKeyframe == nil }

    mutating func apply(_ line: Line) {
        if case .keyframe = line.message, isWhole { beforeKeyframe = told }
        told.apply(line)
        if line.message == .keyframeEnd { beforeKeyframe = nil }
    }

    /// The stream has ended: half a keyframe is nothing to look at.
    mutating func forgetHalfAKeyframe() {
        told = shown
        beforeKeyframe = nil
    }
}

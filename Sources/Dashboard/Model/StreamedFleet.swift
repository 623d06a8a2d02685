public import Fleet
public import ResilienceWire

/// A fleet as a stream tells of it: of a keyframe that is arriving not a half is shown.
public struct StreamedFleet: Sendable {
    /// Everything that was told, a keyframe's first half too.
    private(set) var told: Fleet
    /// What was known before the keyframe that is arriving.
    private var beforeKeyframe: Fleet?

    /// What is known before the stream says anything.
    public init(_ fleet: Fleet = Fleet()) {
        told = fleet
    }

    /// What is to be shown.
    public var shown: Fleet { beforeKeyframe ?? told }

    /// Whether no keyframe is arriving.
    var isWhole: Bool { beforeKeyframe == nil }

    /// Takes in a line of the stream.
    public mutating func apply(_ line: Line) {
        if case .keyframe = line.message, isWhole { beforeKeyframe = told }
        told.apply(line)
        if line.message == .keyframeEnd { beforeKeyframe = nil }
    }

    /// Replaces everything that the stream has told.
    mutating func replace(with fleet: Fleet) {
        told = fleet
        beforeKeyframe = nil
    }

    /// The stream has ended: half a keyframe is nothing to look at.
    mutating func forgetHalfAKeyframe() {
        told = shown
        beforeKeyframe = nil
    }
}

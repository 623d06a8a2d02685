public import Fleet
public import ResilienceWire

/// A fleet received from a stream. While a keyframe is arriving, the state before it is shown.
public struct StreamedFleet: Sendable {
    /// The fleet with all received lines, including those of an incomplete keyframe.
    private(set) var told: Fleet
    /// The fleet before the keyframe that is arriving; `nil` if none is.
    private var beforeKeyframe: Fleet?

    /// Creates a stream state from a fleet.
    public init(_ fleet: Fleet = Fleet()) {
        told = fleet
    }

    /// The fleet to show.
    public var shown: Fleet { beforeKeyframe ?? told }

    /// Whether no keyframe is arriving.
    var isWhole: Bool { beforeKeyframe == nil }

    /// Applies a line of the stream.
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

    /// Discards an incomplete keyframe after the stream has ended.
    mutating func forgetHalfAKeyframe() {
        told = shown
        beforeKeyframe = nil
    }
}

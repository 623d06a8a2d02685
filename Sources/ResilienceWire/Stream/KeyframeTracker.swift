/// Tells the lines of a stream's keyframes from its events.
///
/// A keyframe repeats what happened before, so its lines must not be taken for events.
public struct KeyframeTracker: Sendable {
    /// What a line is a part of.
    public enum Part: Equatable, Sendable {
        /// The first line of a keyframe, `keyframe`.
        case keyframeBegins
        /// A line between the first and the last of a keyframe.
        case keyframe
        /// The last line of a keyframe, `keyframe_end`.
        case keyframeEnds
        /// The line reports an event at its time.
        case event
    }

    /// Whether the next line belongs to a keyframe, unless it shows that the end of the keyframe is
    /// missing.
    public private(set) var isInKeyframe = false

    /// Creates a tracker for the beginning of a stream.
    public init() {}

    /// Takes the next line of the stream.
    public mutating func take(_ line: Line) -> Part { take(LineHeader(line)) }

    /// Takes the header of the next line of the stream.
    public mutating func take(_ header: LineHeader) -> Part {
        switch header.kind {
        case .keyframe:
            isInKeyframe = true
            return .keyframeBegins
        case .keyframeEnd:
            // Without its beginning, a keyframe has no state to offer.
            guard isInKeyframe else { return .event }
            isInKeyframe = false
            return .keyframeEnds
        case .figures:
            // A keyframe has none of them: its end is missing, for example in a damaged recording.
            isInKeyframe = false
            return .event
        case .clock, .beat, .other:
            return isInKeyframe ? .keyframe : .event
        }
    }

    /// Forgets an incomplete keyframe after the stream has ended.
    public mutating func reset() { isInKeyframe = false }
}

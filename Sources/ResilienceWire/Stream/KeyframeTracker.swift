/// Tells the lines of a stream's keyframes, and of the history after them, from its events.
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
        /// A line of the history after a keyframe, `history` or `history_end`.
        case history
        /// The line reports an event at its time.
        case event
    }

    private enum Place {
        case keyframe(hasHistory: Bool)
        case history
        case events
    }

    private var place = Place.events

    /// Creates a tracker for the beginning of a stream.
    public init() {}

    /// Whether the next line belongs to a keyframe or its history, unless it shows that the end is
    /// missing.
    public var isInKeyframe: Bool {
        switch place {
        case .keyframe, .history: true
        case .events: false
        }
    }

    /// Takes the next line of the stream.
    public mutating func take(_ line: Line) -> Part { take(LineHeader(line)) }

    /// Takes the header of the next line of the stream.
    public mutating func take(_ header: LineHeader) -> Part {
        switch (header.kind, place) {
        case (.keyframe, _):
            place = .keyframe(hasHistory: header.hasHistory)
            return .keyframeBegins
        case (.keyframeEnd, .keyframe(let hasHistory)):
            place = hasHistory ? .history : .events
            return .keyframeEnds
        case (.historyEnd, .history), (.historyEnd, .events):
            place = .events
            return .history
        case (.history, .history), (.history, .events):
            return .history
        case (.history, .keyframe), (.historyEnd, .keyframe), (.clock, .keyframe),
            (.beat, .keyframe), (.other, .keyframe):
            return .keyframe
        case (.figures, _), (.keyframeEnd, .history), (.keyframeEnd, .events), (.clock, _),
            (.beat, _), (.other, _):
            // A keyframe has no figures, and the history nothing else: the end is missing, for example
            // in a damaged recording. Without its beginning, a keyframe has no state to offer.
            place = .events
            return .event
        }
    }

    /// Forgets an incomplete keyframe after the stream has ended.
    public mutating func reset() { place = .events }
}

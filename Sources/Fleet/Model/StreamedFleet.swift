public import ResilienceWire

/// The fleet that a stream or a recording describes.
///
/// It takes the lines in order and says of each whether it completed a snapshot, which replaces the
/// fleet, or was an event, which changed it. While a keyframe arrives, the fleet is the one before
/// it, so no reader sees half a fleet.
public struct StreamedFleet: Sendable {
    /// What a line brought.
    public enum News: Sendable {
        /// A part of a keyframe. The fleet has not changed.
        case none
        /// The end of a keyframe. The fleet has been replaced; this is the one before.
        ///
        /// Its windows may still lack the history; see ``StreamedFleet/isWhole``.
        case snapshot(before: Fleet)
        /// A part of the history after a keyframe. Only the windows of the fleet have changed.
        case history
        /// An event. The fleet has changed accordingly.
        case event
    }

    /// The fleet after the last event or whole keyframe.
    public private(set) var fleet: Fleet
    /// The fleet of the keyframe that is arriving; `nil` if none is.
    private var arriving: Fleet?
    private var tracker = KeyframeTracker()

    /// Creates a stream state from a fleet.
    public init(_ fleet: Fleet = Fleet()) {
        self.fleet = fleet
    }

    /// Whether neither a keyframe nor its history is arriving.
    public var isWhole: Bool { !tracker.isInKeyframe }

    /// Takes the next line of the stream.
    @discardableResult
    public mutating func take(_ line: Line) -> News {
        switch tracker.take(line) {
        case .keyframeBegins:
            arriving = Fleet(at: line.at ?? 0)
            return .none
        case .keyframe:
            arriving?.restore(line)
            return .none
        case .keyframeEnds:
            let before = fleet
            adopt()
            return .snapshot(before: before)
        case .history:
            fleet.apply(line)
            return .history
        case .event:
            // The end of the keyframe is missing; what came of it is newer than what was before.
            adopt()
            fleet.apply(line)
            return .event
        }
    }

    /// Replaces everything that the stream has told.
    public mutating func replace(with fleet: Fleet) {
        self = StreamedFleet(fleet)
    }

    /// Discards an incomplete keyframe after the stream has ended.
    public mutating func discardIncompleteKeyframe() {
        arriving = nil
        tracker.reset()
    }

    private mutating func adopt() {
        guard let arriving else { return }
        fleet = arriving
        self.arriving = nil
    }
}

extension Fleet {
    /// Restores a fleet from the lines of a keyframe.
    public init(keyframe lines: some Sequence<Line>) {
        var stream = StreamedFleet()
        for line in lines { stream.take(line) }
        self = stream.fleet
    }
}

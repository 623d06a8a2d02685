import Synchronization

/// How closely a hub's stream is read.
public enum ReadingPace: Equatable, Sendable {
    /// Each line as it comes.
    case atOnce
    /// As often as a screen may be drawn: what comes in between is read together.
    case frames
    /// Events alone, and seldom: nobody looks at figures. They come anew, as a keyframe, once somebody
    /// does.
    case events

    /// How long nothing is read once all there was has been.
    var restMS: Int64 {
        switch self {
        case .atOnce: 0
        case .frames: 100
        // A hub keeps a few MB for one who reads later.
        case .events: 250
        }
    }
}

/// The pace of a connection, which its owner sets and its event loop goes by.
final class PaceSetting: Sendable {
    private let pace = Mutex(ReadingPace.atOnce)

    var current: ReadingPace { pace.withLock { $0 } }

    /// Sets another; the one before.
    func exchange(_ next: ReadingPace) -> ReadingPace {
        pace.withLock { pace in
            defer { pace = next }
            return pace
        }
    }
}

import Synchronization

/// How closely a hub's stream is read.
public enum ReadThrottle: Equatable, Sendable {
    /// Each line as it comes.
    case atOnce
    /// As often as a screen may be drawn: what comes in between is read together.
    case frames

    /// How long nothing is read once all there was has been.
    var restMS: Int64 {
        switch self {
        case .atOnce: 0
        case .frames: 100
        }
    }
}

/// The pace of a connection, which its owner sets and its event loop goes by.
final class PaceSetting: Sendable {
    private let pace = Mutex(ReadThrottle.atOnce)

    var current: ReadThrottle { pace.withLock { $0 } }

    func set(_ next: ReadThrottle) { pace.withLock { $0 = next } }
}

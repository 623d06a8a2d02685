import Synchronization

/// How often a hub's stream is read.
public enum ReadThrottle: Equatable, Sendable {
    /// Reads each line as it comes.
    case atOnce
    /// Reads about as often as a screen is drawn; lines in between are read together.
    case frames

    /// The pause after everything available was read, in milliseconds.
    var restMS: Int64 {
        switch self {
        case .atOnce: 0
        case .frames: 100
        }
    }
}

/// The throttle of a connection. Its owner sets it and its event loop reads it.
final class PaceSetting: Sendable {
    private let pace = Mutex(ReadThrottle.atOnce)

    var current: ReadThrottle { pace.withLock { $0 } }

    func set(_ next: ReadThrottle) { pace.withLock { $0 = next } }
}

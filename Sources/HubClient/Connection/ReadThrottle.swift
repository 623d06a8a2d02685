import Synchronization

/// How often a hub's stream is read.
public enum ReadThrottle: Equatable, Sendable {
    /// Reads each line as it comes.
    case atOnce
    /// Reads about as often as a screen is drawn; lines in between are read together.
    case frames

    /// The longest pause after everything available was read, in milliseconds.
    private var longestRestMS: Int64 {
        switch self {
        case .atOnce: 0
        case .frames: 100
        }
    }

    /// Half of a socket's usual buffer in bytes. More must not arrive during a pause: the hub would
    /// have to wait, and leave out lines.
    private static let restBytes: Int64 = 100_000

    /// The pause after everything available was read, in milliseconds.
    ///
    /// - Parameters:
    ///   - bytes: the number of bytes since the last pause began.
    ///   - time: the time since then in milliseconds.
    func restMS(after bytes: Int64, in time: Int64) -> Int64 {
        min(longestRestMS, Self.restBytes * max(1, time) / max(1, bytes))
    }
}

/// The throttle of a connection. Its owner sets it and its event loop reads it.
final class PaceSetting: Sendable {
    private let pace = Mutex(ReadThrottle.atOnce)

    var current: ReadThrottle { pace.withLock { $0 } }

    func set(_ next: ReadThrottle) { pace.withLock { $0 = next } }
}

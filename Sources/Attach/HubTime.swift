import Synchronization

/// A hub's time as its lines tell it: what the latest said, and how long ago it came. It runs late by
/// as long as a line is on its way.
public final class HubTime: Sendable {
    private let latest: Mutex<(at: Int64, since: ContinuousClock.Instant)?>

    /// A hub's that has just said what time it is; `nil`: that has said nothing.
    public init(_ at: Int64? = nil) {
        latest = Mutex(at.map { ($0, .now) })
    }

    /// A line came; those of a keyframe may tell of times long ago.
    func hear(_ at: Int64) {
        latest.withLock { latest in
            if latest.map({ $0.at < at }) ?? true { latest = (at, .now) }
        }
    }

    /// Unix milliseconds of the hub's; `nil` before it has said anything.
    public var now: Int64? {
        latest.withLock { latest in
            latest.map { $0.at + Int64((ContinuousClock.now - $0.since) / .milliseconds(1)) }
        }
    }
}

import Synchronization

/// A hub's time as its lines tell it: what one said, and how long ago it came. It runs late by as long
/// as that line was on its way.
///
/// The line that was the shortest time on its way tells it best. Another takes its place only where
/// it says more than has passed since: on a way slower than the stream each line comes later than the
/// one before, and would have the hub's time stand still. What has passed is taken for a little less
/// than it was, so that one clock which is slower than the other is followed.
public final class HubTime: Sendable {
    /// On the clock that a hub of this machine goes by too: it stands still while the machine sleeps.
    private let latest: Mutex<(at: Int64, since: SuspendingClock.Instant)?>

    /// By this share of the time that passes a clock may be slower than another; quartz is by less.
    private static let drift = 1.0 / 5_000

    /// A hub's that has just said what time it is; `nil`: that has said nothing.
    public init(_ at: Int64? = nil) {
        latest = Mutex(at.map { ($0, .now) })
    }

    /// A line came; those of a keyframe may tell of times long ago.
    func hear(_ at: Int64, on now: SuspendingClock.Instant = .now) {
        latest.withLock { latest in
            if Self.time(latest, on: now).map({ $0 < at }) ?? true { latest = (at, now) }
        }
    }

    /// A line came that tells of a jump between the hub's clocks: its machine may have slept, and then
    /// the time of before runs ahead.
    func restart(_ at: Int64, on now: SuspendingClock.Instant = .now) {
        latest.withLock { $0 = (at, now) }
    }

    /// Unix milliseconds of the hub's; `nil` before it has said anything.
    public var now: Int64? { time(on: .now) }

    func time(on now: SuspendingClock.Instant) -> Int64? {
        latest.withLock { Self.time($0, on: now) }
    }

    private static func time(
        _ latest: (at: Int64, since: SuspendingClock.Instant)?, on now: SuspendingClock.Instant
    ) -> Int64? {
        latest.map { latest in
            latest.at + Int64((now - latest.since) / .milliseconds(1) * (1 - drift))
        }
    }
}

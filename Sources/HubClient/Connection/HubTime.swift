import Synchronization

/// Estimates a hub's clock from the times of its lines. The estimate is late by the transit time of
/// the line that it is based on.
///
/// The line with the shortest transit gives the best estimate. A later line replaces it only if its
/// time is ahead of the estimate. On a link slower than the stream, each line takes longer than the
/// one before, and using the latest would make the clock stand still. The estimate advances
/// slightly slower than the local clock, so that it can follow a slower clock of the hub.
public final class HubTime: Sendable {
    /// Uses the same clock as a hub on this machine, which stops while the machine sleeps.
    private let latest: Mutex<(at: Int64, since: SuspendingClock.Instant)?>

    /// The assumed largest difference in speed between two clocks. Quartz clocks are more accurate.
    private static let drift = 1.0 / 5_000

    /// Creates an estimate from a time that was just received; `nil` if none was.
    public init(_ at: Int64? = nil) {
        latest = Mutex(at.map { ($0, .now) })
    }

    /// Records the time of a line. Lines of a keyframe may have old times.
    func hear(_ at: Int64, on now: SuspendingClock.Instant = .now) {
        latest.withLock { latest in
            if Self.time(latest, on: now).map({ $0 < at }) ?? true { latest = (at, now) }
        }
    }

    /// Restarts the estimate after a line that reports a clock jump. The hub's machine may have
    /// slept, and the old estimate is then ahead.
    func restart(_ at: Int64, on now: SuspendingClock.Instant = .now) {
        latest.withLock { $0 = (at, now) }
    }

    /// The hub's time in Unix milliseconds; `nil` before the first line.
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

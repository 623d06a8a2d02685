/// The clock of strategies: reads the time and waits. It is the machine's monotonic clock, or one
/// that a test provides.
///
/// A concrete type instead of a generic `Clock`, because an unspecialised clock doubles the cost of
/// a call through a circuit breaker.
public struct TimeSource: Sendable {
    private enum Kind: Sendable {
        case monotonic
        case custom(
            now: @Sendable () -> Instant,
            sleep: nonisolated(nonsending) @Sendable (Duration) async throws -> Void,
            block: @Sendable (Duration) -> Void)
    }

    private let kind: Kind

    /// The system's monotonic clock, which stops while the machine sleeps.
    public static let monotonic = TimeSource(kind: .monotonic)

    private init(kind: Kind) {
        self.kind = kind
    }

    /// Creates a time source from three functions.
    ///
    /// - Parameters:
    ///   - now: reads the time; must never go back.
    ///   - sleep: suspends the task; must throw `CancellationError` as soon as the task is
    ///     cancelled.
    ///   - block: blocks the thread.
    public init(
        now: @escaping @Sendable () -> Instant,
        sleep: nonisolated(nonsending) @escaping @Sendable (Duration) async throws -> Void,
        block: @escaping @Sendable (Duration) -> Void
    ) {
        kind = .custom(now: now, sleep: sleep, block: block)
    }

    /// The present time.
    public var now: Instant {
        switch kind {
        case .monotonic:
            Platform.now
        case .custom(let now, _, _):
            now()
        }
    }

    /// The present time. While `deadline` is far away, it is the time of the kernel's last tick,
    /// some milliseconds ago, which takes a fifth of the time to read.
    func now(before deadline: Instant) -> Instant {
        switch kind {
        case .monotonic:
            let lastTick = Platform.lastTick
            // Two ticks of the slowest kernel.
            let isFar = deadline.nanoseconds &- lastTick.nanoseconds > 20_000_000
            return isFar ? lastTick : now
        case .custom(let now, _, _):
            return now()
        }
    }

    /// Suspends the task for a time.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        switch kind {
        case .monotonic:
            try Task.checkCancellation()
            if duration > .zero { try await Task.sleep(for: duration) }
        case .custom(_, let sleep, _): try await sleep(duration)
        }
    }

    /// Blocks the thread for a time.
    public func block(for duration: Duration) {
        switch kind {
        case .monotonic:
            let nanoseconds = duration.nanoseconds
            // The kernel takes 50 us even for a wait of zero.
            guard nanoseconds > 0 else { return }
            Platform.block(nanoseconds: nanoseconds)
        case .custom(_, _, let block):
            block(duration)
        }
    }
}

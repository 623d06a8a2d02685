import Resilience

/// The waits between attempts to connect to a hub.
package struct ReconnectWaits: Sendable {
    private var failures = 0

    package init() {}

    /// The wait before the next attempt.
    package mutating func next() -> Duration {
        defer { failures += 1 }
        return Backoff.reconnecting.delay(beforeRetry: failures)
    }

    /// Starts again with the shortest wait, because a hub has sent its state.
    package mutating func connected() { failures = 0 }
}

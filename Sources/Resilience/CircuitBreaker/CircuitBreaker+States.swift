extension CircuitBreaker {
    /// The states of a breaker, including those that only an order can set.
    public enum State: String, Sendable, CaseIterable, CustomStringConvertible {
        /// Calls pass.
        case closed
        /// Calls are rejected until the next probe is due.
        case open
        /// A limited number of calls pass as probes.
        case halfOpen = "half-open"
        /// Forced open by an order, for a time or until it is reset.
        case forcedOpen = "forced open"
        /// All calls pass and are counted; failures do not open the breaker.
        case disabled

        /// The state as text.
        public var description: String { rawValue }
    }

    /// An order to change the state.
    public enum Order: Equatable, Sendable {
        /// Force open for a time, then probe; without a time, until it is reset.
        case open(for: Duration?)
        /// Close and clear all counts.
        case reset
        /// Become half-open now.
        case halfOpen
        /// Admit all calls and continue to count them.
        case disable
        /// End `disable`.
        case enable
    }

    /// The reason why an order was rejected. A rejected order changes nothing.
    public enum OrderRejection: Error, Equatable, Sendable, CustomStringConvertible {
        /// The order is not valid in the present state. The text says what to do instead.
        case pointless(String)
        /// The breaker's version differs from the one in the order.
        case conflict(version: Int, expected: Int)

        /// The reason as text.
        public var description: String {
            switch self {
            case .pointless(let why): why
            case .conflict(let version, let expected):
                "the breaker is at version \(version), not \(expected)"
            }
        }
    }

    /// A change from one state to another.
    public struct Transition: Equatable, Sendable {
        /// The state before.
        public let from: State
        /// The state after; equal to `from` if only the time of the probe was changed.
        public let to: State
        /// The number of state changes, including this one.
        public let version: Int
        /// The author of the change.
        public let by: Author
        /// The reason for the change.
        public let reason: Reason
        /// The time until the breaker probes; `nil` if it will not probe by itself.
        public let probeIn: Duration?

        /// The reason as text.
        public var why: String { reason.description }
    }

    /// Calls that ended since the start or the last reset.
    public struct Counts: Equatable, Sendable {
        /// Calls that ended, including rejected ones.
        public var total: Int { succeeded + failed + ignored + rejected }
        /// Calls that succeeded.
        public internal(set) var succeeded = 0
        /// Calls that failed.
        public internal(set) var failed = 0
        /// Calls that say nothing about the service: cancelled, rejected by an inner strategy, or
        /// failed through the caller's fault.
        public internal(set) var ignored = 0
        /// Calls that the breaker rejected.
        public internal(set) var rejected = 0
        /// Failures in a row since the last state change, without probes.
        public internal(set) var consecutiveFailures = 0
    }

    /// The readings of the breaker; the guide's `get_state`.
    public struct Snapshot: Equatable, Sendable {
        /// The present state.
        public let state: State
        /// The number of state changes.
        public let version: Int
        /// The author of the present state.
        public let by: Author
        /// The reason for the present state.
        public let why: String
        /// The time since the last state change.
        public let since: Duration
        /// The time until the breaker probes; `nil` if it will not probe by itself.
        public let probeIn: Duration?
        /// Calls since the start or the last reset.
        public internal(set) var counts: Counts
        /// The share of failed calls in the window, 0 to 1; `nil` if the window is empty or the
        /// policy trips on a number of failures.
        public let failureRate: Double?
        /// The share of slow calls in the window, 0 to 1; `nil` if the window is empty or the
        /// policy does not measure slow calls.
        public let slowCallRate: Double?
    }
}

extension CircuitBreaker {
    /// The states of a breaker, the operator's included.
    public enum State: String, Sendable, CaseIterable, CustomStringConvertible {
        /// Calls pass.
        case closed
        /// Calls are rejected until it is time to probe.
        case open
        /// A few calls pass as probes.
        case halfOpen = "half-open"
        /// Held open by hand, until reset or for a time.
        case forcedOpen = "forced open"
        /// Calls pass whatever happens, and are still counted.
        case disabled

        /// The state in words.
        public var description: String { rawValue }
    }

    /// What can be ordered by hand.
    public enum Order: Equatable, Sendable {
        /// Hold open for a time, then probe; without a time, until reset.
        case open(for: Duration?)
        /// Close, with all counts cleared.
        case reset
        /// Probe now.
        case halfOpen
        /// Let everything pass, but go on counting.
        case disable
        /// End `disable`.
        case enable
    }

    /// Why an order was not carried out; it changed nothing.
    public enum OrderRejection: Error, Equatable, Sendable, CustomStringConvertible {
        /// It makes no sense in the present state; with what to do instead.
        case pointless(String)
        /// The breaker is at another version than the order names.
        case conflict(version: Int, expected: Int)

        /// Why, in words.
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
        /// The state after; the same where only a time was set anew.
        public let to: State
        /// How many state changes there were, this one included.
        public let version: Int
        /// Who changed it.
        public let by: Author
        /// Why.
        public let reason: Reason
        /// How long until it probes; `nil` where it will not by itself.
        public let probeIn: Duration?

        /// Why, in words.
        public var why: String { reason.description }
    }

    /// Calls that ended since the start or the last reset.
    public struct Counts: Equatable, Sendable {
        /// Calls that ended, the rejected ones included.
        public var total: Int { succeeded + failed + ignored + rejected }
        /// Calls that succeeded.
        public internal(set) var succeeded = 0
        /// Calls that failed.
        public internal(set) var failed = 0
        /// Calls that say nothing about the service: cancelled, rejected further in, or the caller's
        /// own fault.
        public internal(set) var ignored = 0
        /// Calls that the breaker did not admit.
        public internal(set) var rejected = 0
        /// Failures in a row since the last state change; probes are not counted.
        public internal(set) var consecutiveFailures = 0
    }

    /// A reading of the breaker: the guide's `get_state`. Taking it changes nothing.
    public struct Snapshot: Equatable, Sendable {
        /// The present state.
        public let state: State
        /// How many state changes there were.
        public let version: Int
        /// Who brought it into this state.
        public let by: Author
        /// Why it is in this state.
        public let why: String
        /// How long it has been in this state.
        public let since: Duration
        /// How long until it probes; `nil` where it will not by itself.
        public let probeIn: Duration?
        /// Calls since the start or the last reset.
        public internal(set) var counts: Counts
        /// The share of calls in the window that failed, 0 to 1; `nil` where there are none, or the
        /// policy trips on a number of failures.
        public let failureRate: Double?
        /// The share of calls in the window that were slow, 0 to 1; `nil` where there are none, or
        /// the policy asks for none.
        public let slowCallRate: Double?
    }
}

extension CircuitBreaker.State: Codable {}
extension Author: Codable {}

extension CircuitBreaker {
    /// A breaker's state in a form that can be stored, and that another breaker can begin with. The
    /// counts of calls, the results of probes and changed limits are not part of it.
    ///
    /// To begin with it is a state change: the version is one more than the stored one.
    public struct Saved: Codable, Equatable, Sendable {
        /// The state.
        public let state: State
        /// How many state changes there were.
        public let version: Int
        /// Who brought it into this state.
        public let by: Author
        /// Openings since it was last closed, which make the open interval grow.
        public let openings: Int
        private let probeInNanoseconds: Int64?

        /// How long until it probes; `nil` where it will not by itself.
        public var probeIn: Duration? { probeInNanoseconds.map { .nanoseconds($0) } }

        /// Closed, as a new breaker is.
        public static let closed = Saved(.closed)
        /// Held open until it is reset.
        public static let forcedOpen = Saved(.forcedOpen)
        /// Lets all calls pass, and counts them.
        public static let disabled = Saved(.disabled)

        private init(_ state: State) {
            self.init(state: state, version: 0, by: .agent, probeIn: nil, openings: 0)
        }

        /// Values out of their bounds are held to them: what is decoded may be damaged.
        init(state: State, version: Int, by: Author, probeIn: Duration?, openings: Int) {
            self.state = state
            self.version = min(max(0, version), 1 << 48)
            self.by = by
            self.openings = min(max(0, openings), 1_000_000)
            probeInNanoseconds = probeIn.map { min(max(.zero, $0), Backoff.longest).nanoseconds }
        }

        /// Reads what was stored.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                state: try container.decode(State.self, forKey: .state),
                version: try container.decode(Int.self, forKey: .version),
                by: try container.decode(Author.self, forKey: .by),
                probeIn: try container.decodeIfPresent(Int64.self, forKey: .probeInNanoseconds)
                    .map { .nanoseconds($0) },
                openings: try container.decode(Int.self, forKey: .openings))
        }

        /// The same after a time in which it was stored: so much nearer to its probe.
        public func elapsed(_ time: Duration) -> Saved {
            Saved(
                state: state, version: version, by: by, probeIn: probeIn.map { $0 - time },
                openings: openings)
        }
    }
}

extension CircuitBreaker.State: Codable {}
extension Author: Codable {}

extension CircuitBreaker {
    /// The state of a breaker in a form that can be stored, and from which another breaker can
    /// start. Call counts, results of probes and changed limits are not included.
    ///
    /// Restoring a state is a state change: the version is one more than the stored one.
    public struct Saved: Codable, Equatable, Sendable {
        /// The state.
        public let state: State
        /// The number of state changes.
        public let version: Int
        /// The author of this state.
        public let by: Author
        /// The number of openings since the breaker was last closed. They lengthen the open
        /// interval.
        public let openings: Int
        private let probeInNanoseconds: Int64?

        /// The time until the breaker probes; `nil` if it will not probe by itself.
        public var probeIn: Duration? { probeInNanoseconds.map { .nanoseconds($0) } }

        /// Closed, like a new breaker.
        public static let closed = Saved(.closed)
        /// Forced open until it is reset.
        public static let forcedOpen = Saved(.forcedOpen)
        /// Disabled: admits and counts all calls.
        public static let disabled = Saved(.disabled)

        private init(_ state: State) {
            self.init(state: state, version: 0, by: .agent, probeIn: nil, openings: 0)
        }

        /// Clamps the values to their bounds, because decoded data may be damaged.
        init(state: State, version: Int, by: Author, probeIn: Duration?, openings: Int) {
            self.state = state
            self.version = min(max(0, version), 1 << 48)
            self.by = by
            self.openings = min(max(0, openings), 1_000_000)
            probeInNanoseconds = probeIn.map { min(max(.zero, $0), Backoff.longest).nanoseconds }
        }

        /// Decodes a stored state.
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

        /// Returns the state after it was stored for `time`: the probe is due that much earlier.
        public func elapsed(_ time: Duration) -> Saved {
            Saved(
                state: state, version: version, by: by, probeIn: probeIn.map { $0 - time },
                openings: openings)
        }
    }
}

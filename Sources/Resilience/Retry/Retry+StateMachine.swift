extension Retry {
    /// Decides after each failed attempt of one call whether there is another, and when.
    @usableFromInline
    struct StateMachine: Sendable {
        enum Action: Equatable, Sendable {
            case retry(after: Duration)
            case giveUp(Stop)
        }

        /// The limit as it was at the call's start; made a whole number only where an attempt fails.
        @usableFromInline let limit: Double
        /// The longest wait that a server may ask for.
        @usableFromInline let maxRetryAfter: Duration
        @usableFromInline private(set) var attempts: Int
        /// What a budget keeps with the call: when its first attempt failed, or when a retry was last
        /// allowed.
        @usableFromInline var mark: Instant?
        @usableFromInline var previous: Duration?

        @inlinable
        init(limit: Double, maxRetryAfter: Duration) {
            self.limit = limit
            self.maxRetryAfter = maxRetryAfter
            attempts = 1
        }

        /// An attempt failed.
        ///
        /// The wait that a server asks for is a lower bound: a random tenth of it is added, so that
        /// clients do not come back together, and it is never shorter than the computed one.
        ///
        /// - Parameters:
        ///   - retryAfter: the wait that the server asked for.
        ///   - delay: the computed wait before a retry, from 0, given the computed one before it.
        mutating func failed(
            retryable: Bool, retryAfter: Duration? = nil, random: RandomSource,
            delay: (_ retry: Int, _ previous: Duration?) -> Duration
        ) -> Action {
            guard retryable else { return .giveUp(.notRetryable) }
            guard attempts < Int(limit) else { return .giveUp(.attempts) }
            if let retryAfter, retryAfter > maxRetryAfter { return .giveUp(.retryAfter) }
            let computed = delay(attempts - 1, previous)
            previous = computed
            attempts += 1
            guard let retryAfter, retryAfter > .zero else { return .retry(after: computed) }
            let spread = Duration.seconds(random.uniform(0, retryAfter.seconds / 10))
            return .retry(after: max(computed, retryAfter + spread))
        }
    }
}

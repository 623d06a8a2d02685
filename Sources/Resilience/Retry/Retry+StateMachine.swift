extension Retry {
    /// Decides after each failed attempt of one call whether and when there is another one.
    @usableFromInline
    struct StateMachine: Sendable {
        enum Action: Equatable, Sendable {
            case retry(after: Duration)
            case giveUp(Stop)
        }

        /// The limit at the start of the call. It is rounded only if an attempt fails.
        @usableFromInline let limit: Double
        /// The longest wait that a server can request.
        @usableFromInline let maxRetryAfter: Duration
        @usableFromInline private(set) var attempts: Int
        /// A time that the budget stores with the call: the first failure, or the last allowed
        /// retry.
        @usableFromInline var mark: Instant?
        @usableFromInline var previous: Duration?

        @inlinable
        init(limit: Double, maxRetryAfter: Duration) {
            self.limit = limit
            self.maxRetryAfter = maxRetryAfter
            attempts = 1
        }

        /// Records a failed attempt.
        ///
        /// The wait that a server requests is a lower bound. A random tenth of it is added, so that
        /// clients do not return together. The result is never shorter than the computed delay.
        ///
        /// - Parameters:
        ///   - retryAfter: the wait that the server requested.
        ///   - delay: returns the computed delay before a retry (from 0), given the previous
        ///     computed delay.
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

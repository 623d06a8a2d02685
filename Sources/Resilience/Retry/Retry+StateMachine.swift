extension Retry {
    /// Decides after each failed attempt of one call whether there is another, and when.
    @usableFromInline
    struct StateMachine: Sendable {
        enum Action: Equatable, Sendable {
            case retry(after: Duration)
            case giveUp(Stop)
        }

        let maxAttempts: Int
        /// The longest wait that a server may ask for.
        let maxRetryAfter: Duration
        private(set) var attempts = 1
        /// When the first attempt failed, where a budget counts from there.
        private(set) var firstFailure: Instant?
        /// When a budget last allowed a retry, where one did.
        var allowed: Instant?
        private var previous: Duration?

        init(maxAttempts: Int, maxRetryAfter: Duration) {
            self.maxAttempts = maxAttempts
            self.maxRetryAfter = maxRetryAfter
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
            guard attempts < maxAttempts else { return .giveUp(.attempts) }
            if let retryAfter, retryAfter > maxRetryAfter { return .giveUp(.retryAfter) }
            let computed = delay(attempts - 1, previous)
            previous = computed
            attempts += 1
            guard let retryAfter, retryAfter > .zero else { return .retry(after: computed) }
            let spread = Duration.seconds(random.uniform(0, retryAfter.seconds / 10))
            return .retry(after: max(computed, retryAfter + spread))
        }

        /// When the first attempt failed: `now`, unless one did before.
        mutating func retrying(since now: Instant) -> Instant {
            let first = firstFailure ?? now
            firstFailure = first
            return first
        }
    }
}

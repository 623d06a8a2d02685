extension Retry {
    /// Decides after each failed attempt of one call whether there is another, and when.
    @usableFromInline
    struct StateMachine: Sendable {
        enum Action: Equatable, Sendable {
            case retry(after: Duration)
            case giveUp
        }

        let backoff: Backoff
        let maxAttempts: Int
        private(set) var attempts = 1
        private var previous: Duration?

        init(backoff: Backoff, maxAttempts: Int) {
            self.backoff = backoff
            self.maxAttempts = maxAttempts
        }

        mutating func failed(retryable: Bool, random: RandomSource) -> Action {
            guard retryable, attempts < maxAttempts else { return .giveUp }
            let delay = backoff.delay(
                beforeRetry: attempts - 1, previous: previous, random: random)
            attempts += 1
            previous = delay
            return .retry(after: delay)
        }
    }
}

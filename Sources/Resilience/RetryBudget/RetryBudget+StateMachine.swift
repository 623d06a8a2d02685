extension RetryBudget {
    /// The budget's tokens. Time comes in; whether a retry may run comes out.
    ///
    /// Tokens are counted in millionths: five times 0.2 is exactly a token.
    struct StateMachine: Sendable {
        private static let slotCount = 10
        private static let token = 1_000_000

        private struct Slot: Sendable {
            var deposits = 0
            var withdrawals = 0
        }

        private let kind: RetryBudgetPolicy.Kind
        /// The limit: seconds, or the share that a call or a success adds.
        var size: Double
        /// Retries that were not allowed, since the start.
        private(set) var denied = 0

        /// gRPC throttling: the tokens that are there.
        private var tokens = 0
        /// Token bucket: the latest calls and retries.
        private var slots: [Slot] = []
        private var newest = 0
        private var tick: Int64 = 0
        /// Time: what was left of the time of the call that asked last, 0 to 1.
        private var lastShare = 1.0

        init(_ policy: RetryBudgetPolicy) {
            kind = policy.kind
            size = kind.size
            switch kind {
            case .time: break
            case .tokenBucket: slots = Array(repeating: Slot(), count: Self.slotCount)
            case .throttling(let maxTokens, _): tokens = Self.millionths(maxTokens)
            }
        }

        mutating func callStarted(now: Instant) {
            guard case .tokenBucket = kind else { return }
            advance(to: now)
            slots[newest].deposits += Self.millionths(size)
        }

        mutating func failed() {
            guard case .throttling = kind else { return }
            tokens = max(0, tokens - Self.token)
        }

        mutating func succeeded() {
            guard case .throttling(let maxTokens, _) = kind else { return }
            tokens = min(Self.millionths(maxTokens), tokens + Self.millionths(size))
        }

        /// Whether a retry may begin `delay` after `now` in a call that failed `first`; takes its
        /// token.
        mutating func allowsRetry(after delay: Duration, since first: Instant, now: Instant) -> Bool
        {
            let isAllowed: Bool
            switch kind {
            case .time:
                let left = size - (now - first).seconds
                lastShare = min(1, max(0, left / size))
                isAllowed = delay.seconds < left
            case .tokenBucket:
                advance(to: now)
                isAllowed = balance >= Self.token
                if isAllowed { slots[newest].withdrawals += Self.token }
            case .throttling(let maxTokens, _):
                isAllowed = 2 * tokens > Self.millionths(maxTokens)
            }
            if !isAllowed { denied += 1 }
            return isAllowed
        }

        /// Gives back the token of a retry that was allowed and did not run, to the slot that it was
        /// taken from; one that is no longer in the window has nothing to give back to.
        mutating func retryDidNotRun(allowed: Instant, now: Instant) {
            advance(to: now)
            let age = tick - tick(at: allowed)
            guard age >= 0, age < Self.slotCount else { return }
            let slot = (newest + Self.slotCount - Int(age)) % Self.slotCount
            slots[slot].withdrawals -= min(Self.token, slots[slot].withdrawals)
        }

        /// What is left, 0 to 1. Observing changes nothing.
        func remaining(now: Instant) -> Double {
            switch kind {
            case .time:
                return lastShare
            case .tokenBucket:
                var present = self
                present.advance(to: now)
                let capacity = present.reserve + present.slots.reduce(0) { $0 + $1.deposits }
                return capacity == 0
                    ? 0 : min(1, max(0, Double(present.balance) / Double(capacity)))
            case .throttling(let maxTokens, _):
                let half = Double(Self.millionths(maxTokens)) / 2
                return max(0, (Double(tokens) - half) / half)
            }
        }

        /// Whether a retry that asked now would be allowed. Observing changes nothing.
        func hasTokens(now: Instant) -> Bool {
            switch kind {
            case .time:
                return true
            case .tokenBucket:
                var present = self
                present.advance(to: now)
                return present.balance >= Self.token
            case .throttling(let maxTokens, _):
                return 2 * tokens > Self.millionths(maxTokens)
            }
        }

        private static func millionths(_ tokens: Double) -> Int {
            Int((tokens * Double(token)).rounded())
        }

        private var reserve: Int {
            guard case .tokenBucket(_, let perSecond, let time) = kind else { return 0 }
            return Self.millionths(perSecond * time.seconds)
        }

        private var balance: Int {
            slots.reduce(reserve) { $0 + $1.deposits - $1.withdrawals }
        }

        private mutating func advance(to now: Instant) {
            guard case .tokenBucket = kind else { return }
            let next = tick(at: now)
            guard next > tick else { return }
            for _ in 0..<min(next - tick, Int64(Self.slotCount)) {
                newest = (newest + 1) % Self.slotCount
                slots[newest] = Slot()
            }
            tick = next
        }

        /// The time in slots since the clock's start.
        private func tick(at now: Instant) -> Int64 {
            guard case .tokenBucket(_, _, let time) = kind else { return 0 }
            return now.nanoseconds / (time.nanoseconds / Int64(Self.slotCount))
        }
    }
}

extension RetryBudgetPolicy.Kind {
    /// The number that may be changed: seconds, or the share that a call or a success adds.
    var size: Double {
        switch self {
        case .time(let limit): limit.seconds
        case .tokenBucket(let share, _, _): share
        case .throttling(_, let tokenRatio): tokenRatio
        }
    }
}

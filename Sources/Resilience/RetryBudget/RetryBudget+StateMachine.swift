extension RetryBudget {
    /// The budget's tokens. Time comes in; whether a retry may run comes out.
    struct StateMachine: Sendable {
        private static let slotCount = 10

        private struct Slot: Sendable {
            var deposits = 0.0
            var withdrawals = 0.0
        }

        private let kind: RetryBudgetPolicy.Kind
        /// The limit: seconds, or the share that a call or a success adds.
        var size: Double
        /// Retries that were not allowed, since the start.
        private(set) var denied = 0

        /// gRPC throttling: the tokens that are there.
        private var tokens = 0.0
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
            case .throttling(let maxTokens, _): tokens = maxTokens
            }
        }

        mutating func callStarted(now: Instant) {
            guard case .tokenBucket = kind else { return }
            advance(to: now)
            slots[newest].deposits += size
        }

        mutating func failed() {
            guard case .throttling = kind else { return }
            tokens = max(0, tokens - 1)
        }

        mutating func succeeded() {
            guard case .throttling(let maxTokens, _) = kind else { return }
            tokens = min(maxTokens, tokens + size)
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
                // A sum of shares such as 5 * 0.2 may fall short of a whole by a rounding error.
                isAllowed = balance >= 1 - 1e-9
                if isAllowed { slots[newest].withdrawals += 1 }
            case .throttling(let maxTokens, _):
                isAllowed = tokens > maxTokens / 2
            }
            if !isAllowed { denied += 1 }
            return isAllowed
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
                return capacity == 0 ? 0 : min(1, max(0, present.balance / capacity))
            case .throttling(let maxTokens, _):
                return max(0, (tokens - maxTokens / 2) / (maxTokens / 2))
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
                return present.balance >= 1 - 1e-9
            case .throttling(let maxTokens, _):
                return tokens > maxTokens / 2
            }
        }

        private var reserve: Double {
            guard case .tokenBucket(_, let perSecond, let time) = kind else { return 0 }
            return perSecond * time.seconds
        }

        private var balance: Double {
            slots.reduce(reserve) { $0 + $1.deposits - $1.withdrawals }
        }

        private mutating func advance(to now: Instant) {
            guard case .tokenBucket(_, _, let time) = kind else { return }
            let next = now.nanoseconds / (time.nanoseconds / Int64(Self.slotCount))
            guard next > tick else { return }
            for _ in 0..<min(next - tick, Int64(Self.slotCount)) {
                newest = (newest + 1) % Self.slotCount
                slots[newest] = Slot()
            }
            tick = next
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

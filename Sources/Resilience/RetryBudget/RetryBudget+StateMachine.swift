extension RetryBudget {
    /// The tokens of the budget. Takes the time as an argument and returns whether a retry may run.
    ///
    /// Tokens are counted in millionths, so that five times 0.2 is exactly one token.
    struct StateMachine: Sendable {
        private static let slotCount = 10
        private static let token = 1_000_000

        private struct Slot: Sendable {
            var deposits = 0
            var withdrawals = 0
        }

        private let kind: RetryBudgetPolicy.Kind
        /// The limit: seconds, or the share of a token that a call or a success adds.
        var size: Double
        /// The number of denied retries since the start.
        private(set) var denied = 0

        /// gRPC throttling: the available tokens.
        private var tokens = 0
        /// Token bucket: the latest calls and retries.
        private var slots: [Slot] = []
        private var newest = 0
        private var tick: Int64 = 0
        /// Time budget: the share of the time that was left to the call that asked last, 0 to 1.
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

        /// Returns whether a retry may start `delay` after `now` in a call that first failed at
        /// `first`. If so, takes its token.
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

        /// Returns the token of an allowed retry that did not run to the slot from which it was
        /// taken. Does nothing if the slot has left the window.
        mutating func retryDidNotRun(allowed: Instant, now: Instant) {
            advance(to: now)
            let age = tick - tick(at: allowed)
            guard age >= 0, age < Self.slotCount else { return }
            let slot = (newest + Self.slotCount - Int(age)) % Self.slotCount
            slots[slot].withdrawals -= min(Self.token, slots[slot].withdrawals)
        }

        /// Returns the remaining share, 0 to 1. Has no side effects.
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

        /// Returns whether a retry would be allowed now. Has no side effects.
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

        /// Returns the time in slots since the clock's start.
        private func tick(at now: Instant) -> Int64 {
            guard case .tokenBucket(_, _, let time) = kind else { return 0 }
            return now.nanoseconds / (time.nanoseconds / Int64(Self.slotCount))
        }
    }
}

extension RetryBudgetPolicy.Kind {
    /// The number that can be changed at run time: seconds, or the share of a token that a call or
    /// a success adds.
    var size: Double {
        switch self {
        case .time(let limit): limit.seconds
        case .tokenBucket(let share, _, _): share
        case .throttling(_, let tokenRatio): tokenRatio
        }
    }
}

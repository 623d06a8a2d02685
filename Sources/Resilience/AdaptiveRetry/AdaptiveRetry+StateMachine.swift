extension AdaptiveRetry {
    /// The window of the latest results and the rule that moves the limit. A pure state machine: it
    /// takes the limits as an argument and returns a move.
    struct StateMachine: Sendable {
        /// The limits that the operator can change; passed in with each result.
        struct Limits: Equatable, Sendable {
            var current: Int
            var floor: Int
            var ceiling: Int
            var threshold: Double
            var window: Int
        }

        /// A change of the limit by one, up or down.
        struct Move: Equatable, Sendable {
            let to: Int
            let why: String
        }

        private struct Result: Sendable {
            let isSuccess: Bool
            let attempts: Int
        }

        static let resultsToDecide = 20
        static let resultsToPaceDelays = 10
        static let longestDelay = 30.0

        let rule: AdaptiveRetryPolicy.Rule
        /// A ring buffer. Once it is full, the oldest result is at `oldest`.
        private var results: [Result] = []
        private var oldest = 0
        private var window: Int
        private var successes = 0
        private var attempts = 0

        init(rule: AdaptiveRetryPolicy.Rule, window: Int) {
            self.rule = rule
            self.window = window
            results.reserveCapacity(window)
        }

        var sampleSize: Int { results.count }

        var successRate: Double? {
            results.isEmpty ? nil : Double(successes) / Double(results.count)
        }

        var averageAttempts: Double? {
            results.isEmpty ? nil : Double(attempts) / Double(results.count)
        }

        /// Adds the result of a call. Returns the move that the rule asks for; `nil` for none.
        ///
        /// - Parameter mayRise: whether the budget and the breaker allow more attempts.
        mutating func record(
            success: Bool, attempts made: Int, _ limits: Limits, mayRise: () -> Bool
        ) -> Move? {
            resize(to: limits.window)
            add(Result(isSuccess: success, attempts: made))
            guard sampleSize >= Self.resultsToDecide, let successRate, let averageAttempts
            else { return nil }
            if successRate > limits.threshold && averageAttempts < 2 {
                guard limits.current > limits.floor else { return nil }
                return Move(to: limits.current - 1, why: reason(successRate, averageAttempts))
            }
            let highAverage =
                switch rule {
                case .recovering: min(3, Double(limits.current) - 0.5)
                case .guide: 3.0
                }
            guard successRate < 0.5, averageAttempts > highAverage,
                limits.current < limits.ceiling, mayRise()
            else { return nil }
            return Move(to: limits.current + 1, why: reason(successRate, averageAttempts))
        }

        /// Returns the wait before the next attempt: `base * 2^(attempt - 1) + U(-0.5, 0.5)`
        /// seconds, at least zero, as in the guide. `base` is 1 s, doubled if the success rate is
        /// below 0.3, halved if it is above 0.8.
        ///
        /// If the result could exceed 30 s, the wait is `30/2 + U(0, 30/2)` seconds. The guide
        /// waits exactly 30 s, so all clients would return at the same moment. (The "equal jitter"
        /// of the AWS Architecture Blog, "Exponential Backoff and Jitter".)
        func delay(afterAttempt attempt: Int, random: RandomSource) -> Duration {
            var base = 1.0
            if sampleSize >= Self.resultsToPaceDelays, let successRate {
                if successRate < 0.3 { base = 2 } else if successRate > 0.8 { base = 0.5 }
            }
            // 2^10 exceeds the cap for every base and cannot overflow.
            let exponential = base * Double(1 << min(max(0, attempt - 1), 10))
            let cap = Self.longestDelay
            guard exponential + 0.5 <= cap else {
                return .seconds(random.uniform(cap / 2, cap))
            }
            return .seconds(max(0, exponential + random.uniform(-0.5, 0.5)))
        }

        private func reason(_ successRate: Double, _ averageAttempts: Double) -> String {
            "success \(decimals(successRate, 2)) over \(sampleSize) calls, "
                + "\(decimals(averageAttempts, 1)) attempts a call"
        }

        private mutating func add(_ result: Result) {
            if results.count < window {
                results.append(result)
            } else {
                count(results[oldest], -1)
                results[oldest] = result
                oldest = oldest + 1 == window ? 0 : oldest + 1
            }
            count(result, 1)
        }

        private mutating func count(_ result: Result, _ sign: Int) {
            if result.isSuccess { successes += sign }
            attempts += sign * result.attempts
        }

        /// Changes the size of the window. Keeps the latest results.
        private mutating func resize(to size: Int) {
            guard size != window else { return }
            let latest = (results[oldest...] + results[..<oldest]).suffix(size)
            let kept = Array(latest)
            window = size
            oldest = 0
            (successes, attempts) = (0, 0)
            for result in kept { count(result, 1) }
            results = kept
            results.reserveCapacity(size)
        }
    }
}

/// Formats a number with a fixed number of decimals.
private func decimals(_ number: Double, _ count: Int) -> String {
    let scale = (0..<count).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((number * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: count - fraction.count) + fraction
}

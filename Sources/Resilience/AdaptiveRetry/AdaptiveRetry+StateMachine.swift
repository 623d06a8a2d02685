extension AdaptiveRetry {
    /// The latest results and the rule that moves the limit. The limits come in, a move comes out.
    struct StateMachine: Sendable {
        /// What the operator may change; read anew for each result.
        struct Limits: Equatable, Sendable {
            var current: Int
            var floor: Int
            var ceiling: Int
            var threshold: Double
            var window: Int
        }

        /// The limit goes one up or down.
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
        /// A ring: where it is full, the oldest is at `oldest`.
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

        /// Takes a call's result, and says where the limit goes.
        ///
        /// - Parameter mayRise: whether more attempts would not feed a storm.
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

        /// `base * 2^(attempt - 1) + U(-0.5, 0.5)` seconds, never below zero, as the guide has it;
        /// `base` is 1 s, twice that where most calls fail and half where most succeed.
        ///
        /// Where that exceeds 30 s, `30/2 + U(0, 30/2)` seconds and not the guide's 30, for which all
        /// clients would come back at the same moment. (The "equal jitter" of the AWS Architecture
        /// Blog, "Exponential Backoff and Jitter".)
        func delay(afterAttempt attempt: Int, random: RandomSource) -> Duration {
            var base = 1.0
            if sampleSize >= Self.resultsToPaceDelays, let successRate {
                if successRate < 0.3 { base = 2 } else if successRate > 0.8 { base = 0.5 }
            }
            // 2^10 is beyond the cap with every base, and never overflows.
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

        /// The latest results survive a change of the window.
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

/// A number with a fixed number of decimals.
private func decimals(_ number: Double, _ count: Int) -> String {
    let scale = (0..<count).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((number * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: count - fraction.count) + fraction
}

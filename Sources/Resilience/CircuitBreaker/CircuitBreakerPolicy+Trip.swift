extension CircuitBreakerPolicy {
    /// The condition that opens a closed breaker.
    public enum Trip: Equatable, Sendable {
        /// A number of failures in a row; 1 to 1,000,000. The guide's condition and the cheapest: a
        /// success takes neither lock nor clock.
        case consecutiveFailures(Int)
        /// A number of failures within a time, regardless of successes between them; 1 to 1,000,000
        /// failures and 1 ms to 1 day. The window has ten slots, so it covers between nine tenths
        /// of the time and all of it.
        case failures(Int, within: Duration)
        /// The share of failed or slow calls among the latest calls.
        case rate(Rate)
    }
}

extension CircuitBreakerPolicy.Trip {
    /// The number of failures, or the share of failed calls.
    var threshold: Double {
        switch self {
        case .consecutiveFailures(let failures), .failures(let failures, _): Double(failures)
        case .rate(let rate): rate.failureShare
        }
    }

    /// Returns the condition as text, with the present threshold.
    func inWords(threshold: Double) -> String {
        let rate: CircuitBreakerPolicy.Rate
        switch self {
        case .consecutiveFailures:
            return CircuitBreaker.Reason.consecutiveFailures(Int(threshold)).description
        case .failures(_, let time):
            return CircuitBreaker.Reason.failures(Int(threshold), within: time).description
        case .rate(let own):
            rate = own
        }
        let calls =
            switch rate.window {
            case .calls(let calls): "\(calls) calls"
            case .time(let time): "calls in \(time)"
            }
        let failed = "\(Self.percent(threshold)) of \(calls) failed"
        return rate.slowCalls.map { slow in
            "\(failed), or \(Self.percent(slow.share)) took longer than \(slow.longerThan)"
        } ?? failed
    }

    private static func percent(_ share: Double) -> String {
        "\(Int((share * 100).rounded())) %"
    }
}

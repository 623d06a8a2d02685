extension CircuitBreakerPolicy {
    /// What opens a closed breaker.
    public enum Trip: Equatable, Sendable {
        /// A number of failures in a row; 1 to 1,000,000. The guide's, and the cheapest: a success
        /// takes neither lock nor clock.
        case consecutiveFailures(Int)
        /// A number of failures within a time, whatever succeeds between them; 1 to 1,000,000 failures
        /// and 1 ms to 1 day. The time is kept in ten slots, so it reaches back between nine tenths of
        /// it and all of it.
        case failures(Int, within: Duration)
        /// The share of calls that fail, or that are slow, among the latest.
        case rate(Rate)
    }
}

extension CircuitBreakerPolicy.Trip {
    /// A number of failures, or a share of failed calls.
    var threshold: Double {
        switch self {
        case .consecutiveFailures(let failures), .failures(let failures, _): Double(failures)
        case .rate(let rate): rate.failureShare
        }
    }

    /// What trips it, in words, with the present threshold.
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

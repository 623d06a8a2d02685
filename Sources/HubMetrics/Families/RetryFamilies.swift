import Fleet
import ResilienceWire

// Metrics of a strategy's attempts and retries.

extension MetricFamily {
    /// The bounds of the retry histogram.
    private static let retryBounds = [0, 1, 2, 3, 5, 10]
    /// The most retries that one call adds to the sum. Agents do not distinguish higher numbers.
    private static let retryLimit = 63

    static let ofRetries: [MetricFamily] = [
        .strategies(
            "fusebox_attempts_total", .counter,
            "Attempts. Divided by the calls that ended ok or failed: the retry amplification."
        ) { subject, samples in samples.add(subject.total.attempts) },
        .strategies(
            "fusebox_call_retries", .histogram,
            "Calls that ended ok or failed, by number of retries. A call adds at most 63 "
                + "to the sum."
        ) { subject, samples in
            let retries = subject.total.retries
            for bound in retryBounds {
                let calls = retries.prefix { $0.retries <= bound }.reduce(0) { $0 + $1.calls }
                samples.add(calls, [("le", "\(bound)")], suffix: "_bucket")
            }
            let calls = retries.reduce(0) { $0 + $1.calls }
            samples.add(calls, [("le", "+Inf")], suffix: "_bucket")
            let sum = retries.reduce(0.0) {
                $0 + Double(min($1.retries, retryLimit)) * Double($1.calls)
            }
            samples.add(sum, suffix: "_sum")
            samples.add(calls, suffix: "_count")
        },
        .strategies(
            "fusebox_retry_seconds_total", .counter,
            "Time spent on retries, from the end of a call's first attempt to the call's end."
        ) { subject, samples in samples.add(Double(subject.total.retryMS) / 1_000) },
        .strategies(
            "fusebox_errors_total", .counter,
            "Failed attempts by error type; at most 64 types, the rest is 'other'."
        ) { subject, samples in
            for error in subject.total.errors { samples.add(error.count, [("type", error.type)]) }
        },
        .strategies(
            "fusebox_retry_budget_remaining_ratio", .gauge,
            "Remaining share of the retry budget, 0 to 1."
        ) { subject, samples in
            subject.live?.total.budget.map { samples.add($0.remaining) }
        },
        .strategies(
            "fusebox_retry_budget_denied_total", .counter, "Retries that the budget denied."
        ) { subject, samples in subject.total.budget.map { samples.add($0.denied) } },
    ]
}

import Fleet
import ResilienceWire

// Metrics of a strategy's calls.

extension MetricFamily {
    static let ofCalls: [MetricFamily] = [
        .strategies(
            "fusebox_strategy_info", .gauge,
            "The strategy's layers, outermost first, and its target; always 1."
        ) { subject, samples in
            samples.add(
                1, [("kind", subject.record.kind), ("target", subject.record.target ?? "")])
        },
        .strategies(
            "fusebox_calls_total", .counter,
            "Calls that ended. rejected: no attempt ran; cancelled: the caller gave up."
        ) { subject, samples in
            samples.add(subject.total.ok, [("outcome", "ok")])
            samples.add(subject.total.failed, [("outcome", "failed")])
            samples.add(subject.total.rejected, [("outcome", "rejected")])
            samples.add(subject.total.cancelled, [("outcome", "cancelled")])
        },
        .strategies(
            "fusebox_call_duration_seconds", .histogram,
            "Calls that ended ok or failed, including retries and waits. The buckets are "
                + "exact; the sum is estimated from finer buckets, at most 2.2 % off."
        ) { $0.total.latency.add(to: &$1) },
        .strategies(
            "fusebox_calls_in_flight", .gauge,
            "Calls in progress, including those that wait to retry."
        ) { subject, samples in subject.live.map { samples.add($0.total.inFlight) } },
        .strategies(
            "fusebox_calls_waiting", .gauge, "Calls in progress that wait for their next attempt."
        ) { subject, samples in subject.live.map { samples.add($0.total.waiting) } },
        .strategies(
            "fusebox_oldest_call_seconds", .gauge,
            "Age of the oldest call in progress at the agent's last report."
        ) { subject, samples in
            subject.live.map { samples.add(Double($0.total.oldestMS) / 1_000) }
        },
        .strategies(
            "fusebox_missing_deltas_total", .counter,
            "Reports of the agent that did not arrive; their counts are missing."
        ) { subject, samples in samples.add(subject.record.gaps) },
    ]
}

extension [LatencyCount] {
    /// Adds the histogram as samples in seconds.
    func add(to samples: inout MetricSamples) {
        var count = 0
        var sum = 0.0
        var entries = self[...]
        for bound in LatencyBounds.all {
            while let entry = entries.first, entry.bucket < bound.buckets {
                count += entry.count
                entries.removeFirst()
            }
            samples.add(count, [("le", bound.label)], suffix: "_bucket")
        }
        for entry in entries { count += entry.count }
        for entry in self { sum += Double(entry.count) * LatencyBounds.middle(entry.bucket) }
        samples.add(count, [("le", "+Inf")], suffix: "_bucket")
        samples.add(sum, suffix: "_sum")
        samples.add(count, suffix: "_count")
    }
}

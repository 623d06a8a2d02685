import Fleet
import ResilienceWire

// Metrics of a strategy's bulkhead. Names are those of resilience4j where it has the metric.

extension MetricFamily {
    static let ofBulkheads: [MetricFamily] = [
        .strategies(
            "resilience4j_bulkhead_max_allowed_concurrent_calls", .gauge,
            "Calls that may run at once."
        ) { subject, samples in
            guard subject.live?.total.bulkhead != nil,
                let limit = subject.record.limit("max_concurrent")
            else { return }
            samples.add(limit)
        },
        .strategies(
            "resilience4j_bulkhead_available_concurrent_calls", .gauge,
            "Calls that may start now without waiting."
        ) { subject, samples in
            guard let bulkhead = subject.live?.total.bulkhead,
                let limit = subject.record.limit("max_concurrent")
            else { return }
            samples.add(max(0, limit - Double(bulkhead.active)))
        },
        .strategies(
            "resilience4j_bulkhead_queue_capacity", .gauge, "Calls that may wait for a permit."
        ) { subject, samples in
            guard subject.live?.total.bulkhead != nil,
                let limit = subject.record.limit("queue_size")
            else { return }
            samples.add(limit)
        },
        .strategies(
            "resilience4j_bulkhead_queue_depth", .gauge, "Calls that wait for a permit."
        ) { subject, samples in
            subject.live?.total.bulkhead.map { samples.add($0.queued) }
        },
        .strategies(
            "fusebox_bulkhead_rejected_calls_total", .counter, "Calls that the bulkhead rejected."
        ) { subject, samples in subject.total.bulkhead.map { samples.add($0.rejected) } },
    ]
}

extension StrategyRecord {
    fileprivate func limit(_ name: String) -> Double? {
        limits.first { $0.name == name }?.value
    }
}

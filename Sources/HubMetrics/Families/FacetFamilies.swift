import Fleet
import ResilienceWire

// Metrics of hedges, fallbacks, idempotency, batches and streams, for strategies that have them.

extension MetricFamily {
    static let ofFacets: [MetricFamily] = [
        .strategies(
            "fusebox_hedges_launched_total", .counter, "Hedges started in addition to a primary."
        ) { subject, samples in subject.total.hedge.map { samples.add($0.launched) } },
        .strategies(
            "fusebox_hedges_won_total", .counter, "Calls that a hedge answered first."
        ) { subject, samples in subject.total.hedge.map { samples.add($0.won) } },
        .strategies(
            "fusebox_fallback_calls_total", .counter,
            "Calls whose result did not come from the primary, by its source."
        ) { subject, samples in
            guard let fallback = subject.total.fallback else { return }
            samples.add(fallback.used, [("source", "fallback")])
            samples.add(fallback.cached, [("source", "cache")])
        },
        .strategies(
            "fusebox_idempotency_requests_total", .counter,
            "Requests by outcome. shared: joined one in progress; replayed: got a kept result."
        ) { subject, samples in
            guard let requests = subject.total.idempotency else { return }
            samples.add(requests.executed, [("outcome", "executed")])
            samples.add(requests.shared, [("outcome", "shared")])
            samples.add(requests.replayed, [("outcome", "replayed")])
        },
        .strategies(
            "fusebox_batch_items_total", .counter,
            "Items of batches that ended, by outcome."
        ) { subject, samples in
            guard let batch = subject.total.batch else { return }
            samples.add(max(0, batch.items - batch.failed), [("outcome", "ok")])
            samples.add(batch.failed, [("outcome", "failed")])
        },
        .strategies(
            "fusebox_batches_partial_total", .counter,
            "Batches in which some items succeeded and some failed."
        ) { subject, samples in subject.total.batch.map { samples.add($0.partial) } },
        .strategies(
            "fusebox_first_byte_seconds", .histogram,
            "Time to the first byte of an answer, of calls that ended ok or failed. The buckets are "
                + "exact; the sum is estimated from finer buckets, at most 2.2 % off."
        ) { subject, samples in subject.total.stream?.firstByte.add(to: &samples) },
    ]
}

import Fleet
import ResilienceWire

// Metrics of a strategy's circuit breaker. Names are those of resilience4j where it has the metric.

extension MetricFamily {
    static let ofBreakers: [MetricFamily] = [
        .strategies(
            "resilience4j_circuitbreaker_state", .gauge,
            "1 for the state that the breaker is in, 0 for the others."
        ) { subject, samples in
            guard let breaker = subject.live?.breaker else { return }
            for state in BreakerState.allCases {
                samples.add(state == breaker.state ? 1 : 0, [("state", state.rawValue)])
            }
        },
        .strategies(
            "resilience4j_circuitbreaker_calls_seconds", .summary,
            "Calls of strategies with a breaker, each with its retries; ignored means "
                + "cancelled by the caller. For durations see fusebox_call_duration_seconds."
        ) { subject, samples in
            guard subject.record.breaker != nil else { return }
            samples.add(subject.total.ok, [("kind", "successful")], suffix: "_count")
            samples.add(subject.total.failed, [("kind", "failed")], suffix: "_count")
            samples.add(subject.total.cancelled, [("kind", "ignored")], suffix: "_count")
        },
        .strategies(
            "resilience4j_circuitbreaker_not_permitted_calls_total", .counter,
            "Calls without any attempt, rejected by the breaker or another layer of the strategy."
        ) { subject, samples in
            guard subject.record.breaker != nil else { return }
            samples.add(subject.total.rejected, [("kind", "not_permitted")])
        },
        .strategies(
            "resilience4j_circuitbreaker_failure_rate", .gauge,
            "Percent of the calls of the last minute that failed; -1 without calls."
        ) { subject, samples in
            guard let calls = subject.callsOfTheBreaker else { return }
            samples.add(calls.ran == 0 ? -1 : 100 * Double(calls.failed) / Double(calls.ran))
        },
        .strategies(
            "resilience4j_circuitbreaker_buffered_calls", .gauge,
            "Calls of the last minute, from which the failure rate is computed."
        ) { subject, samples in
            guard let calls = subject.callsOfTheBreaker else { return }
            samples.add(calls.ok, [("kind", "successful")])
            samples.add(calls.failed, [("kind", "failed")])
        },
        .strategies(
            "fusebox_breaker_transitions_total", .counter, "Changes of the breaker's state."
        ) { subject, samples in subject.record.breaker.map { samples.add($0.version) } },
        .strategies(
            "fusebox_breaker_flapping", .gauge,
            "1 while the breaker is flapping: opened by its rule three times in five minutes."
        ) { subject, samples in
            guard let record = subject.live, record.breaker != nil else { return }
            samples.add(record.flappingSince(at: subject.at) == nil ? 0 : 1)
        },
        .strategies(
            "fusebox_breaker_open_ratio", .gauge,
            "Share of the last five minutes in which the breaker was open by its rule, 0 to 1."
        ) { subject, samples in
            guard let record = subject.live, record.breaker != nil else { return }
            samples.add(record.openShare(at: subject.at))
        },
    ]
}

extension StrategySubject {
    /// The calls of the last minute; `nil` if the strategy has no breaker.
    fileprivate var callsOfTheBreaker: CallCounts? {
        live?.breaker == nil ? nil : record.calls(last: 60_000, at: at)
    }
}

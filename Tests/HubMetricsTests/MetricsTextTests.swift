import Fleet
import Foundation
import ResilienceWire
import TestSupport
import Testing

@testable import HubMetrics

@Suite struct MetricsTextTests {
    /// The age of a cached result is the only field without a metric: the largest age of an interval
    /// is neither a counter nor the present state.
    @Test(arguments: FacetFields.changes.filter { $0.field != "fallback.oldest_age_ms" })
    func metricsShowEveryFieldOfAFacet(_ change: FacetFields.Change) {
        func lines(_ facets: CounterFacets) -> [String] {
            var scene = MetricsScene()
            scene.connect()
            scene.declare("pay", limits: [LimitReading(name: "max_concurrent", value: 100)])
            var counters = Counters()
            counters.facets = facets
            scene.count("pay", counters)
            return scene.lines
        }
        let isShown = lines(change.after) != lines(FacetFields.before)
        #expect(isShown)
    }

    @Test func textContainsAllMetricsOfAStrategy() {
        var scene = MetricsScene()
        scene.connect()
        scene.declare(
            "pay/stripe", kind: "retry+breaker+bulkhead", target: "api.stripe.com",
            limits: [
                LimitReading(name: "max_concurrent", value: 10),
                LimitReading(name: "max_attempts", value: 2.5, by: .operator, pinned: true),
            ])
        var counters = Counters()
        counters.ok = 3
        counters.failed = 1
        counters.rejected = 2
        counters.cancelled = 1
        counters.attempts = 7
        counters.retries = [RetryCount(retries: 0, calls: 2), RetryCount(retries: 2, calls: 2)]
        counters.errors = [ErrorCount(type: "TimeoutError", count: 4)]
        // The buckets just below and just above 2^20 us.
        counters.latency = [
            LatencyCount(bucket: 319, count: 3), LatencyCount(bucket: 320, count: 1),
        ]
        counters.retryMS = 1_834
        counters.inFlight = 4
        counters.waiting = 3
        counters.oldestMS = 48_210
        counters.bulkhead = BulkheadCounters(active: 4, queued: 1, rejected: 2)
        scene.count("pay/stripe", counters)

        let about = #"agent="planner",agent_instance="\#(MetricsScene.planner.instance)""#
        let strategy = about + #",name="pay/stripe""#
        let lines = scene.lines.map {
            $0.replacingOccurrences(of: strategy, with: "S").replacingOccurrences(
                of: about, with: "A")
        }
        let samples = lines.filter { !$0.hasPrefix("#") && $0.contains(/[{,][SA]/) }
        #expect(
            samples.joined(separator: "\n") == """
                fusebox_agent_up{A} 1
                fusebox_agent_info{A,pid="42",client="raw/1"} 1
                fusebox_agent_lost_events_total{A} 0
                fusebox_strategy_info{S,kind="retry+breaker+bulkhead",target="api.stripe.com"} 1
                fusebox_calls_total{S,outcome="ok"} 3
                fusebox_calls_total{S,outcome="failed"} 1
                fusebox_calls_total{S,outcome="rejected"} 2
                fusebox_calls_total{S,outcome="cancelled"} 1
                fusebox_call_duration_seconds_bucket{S,le="0.000256"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.001024"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.004096"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.008192"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.016384"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.032768"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.065536"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.131072"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.262144"} 0
                fusebox_call_duration_seconds_bucket{S,le="0.524288"} 0
                fusebox_call_duration_seconds_bucket{S,le="1.048576"} 3
                fusebox_call_duration_seconds_bucket{S,le="2.097152"} 4
                fusebox_call_duration_seconds_bucket{S,le="4.194304"} 4
                fusebox_call_duration_seconds_bucket{S,le="8.388608"} 4
                fusebox_call_duration_seconds_bucket{S,le="16.777216"} 4
                fusebox_call_duration_seconds_bucket{S,le="67.108864"} 4
                fusebox_call_duration_seconds_bucket{S,le="268.435456"} 4
                fusebox_call_duration_seconds_bucket{S,le="+Inf"} 4
                fusebox_call_duration_seconds_sum{S} 4.150831939333986
                fusebox_call_duration_seconds_count{S} 4
                fusebox_calls_in_flight{S} 4
                fusebox_calls_waiting{S} 3
                fusebox_oldest_call_seconds{S} 48.21
                fusebox_missing_deltas_total{S} 0
                fusebox_attempts_total{S} 7
                fusebox_call_retries_bucket{S,le="0"} 2
                fusebox_call_retries_bucket{S,le="1"} 2
                fusebox_call_retries_bucket{S,le="2"} 4
                fusebox_call_retries_bucket{S,le="3"} 4
                fusebox_call_retries_bucket{S,le="5"} 4
                fusebox_call_retries_bucket{S,le="10"} 4
                fusebox_call_retries_bucket{S,le="+Inf"} 4
                fusebox_call_retries_sum{S} 4.0
                fusebox_call_retries_count{S} 4
                fusebox_retry_seconds_total{S} 1.834
                fusebox_errors_total{S,type="TimeoutError"} 4
                resilience4j_circuitbreaker_state{S,state="closed"} 0
                resilience4j_circuitbreaker_state{S,state="open"} 1
                resilience4j_circuitbreaker_state{S,state="half_open"} 0
                resilience4j_circuitbreaker_state{S,state="forced_open"} 0
                resilience4j_circuitbreaker_state{S,state="disabled"} 0
                resilience4j_circuitbreaker_calls_seconds_count{S,kind="successful"} 3
                resilience4j_circuitbreaker_calls_seconds_count{S,kind="failed"} 1
                resilience4j_circuitbreaker_calls_seconds_count{S,kind="ignored"} 1
                resilience4j_circuitbreaker_not_permitted_calls_total{S,kind="not_permitted"} 2
                resilience4j_circuitbreaker_failure_rate{S} 25.0
                resilience4j_circuitbreaker_buffered_calls{S,kind="successful"} 3
                resilience4j_circuitbreaker_buffered_calls{S,kind="failed"} 1
                fusebox_breaker_transitions_total{S} 7
                fusebox_breaker_flapping{S} 0
                fusebox_breaker_open_ratio{S} 0.0
                resilience4j_bulkhead_max_allowed_concurrent_calls{S} 10.0
                resilience4j_bulkhead_available_concurrent_calls{S} 6.0
                resilience4j_bulkhead_queue_depth{S} 1
                fusebox_bulkhead_rejected_calls_total{S} 2
                fusebox_limit{S,limit="max_concurrent"} 10.0
                fusebox_limit{S,limit="max_attempts"} 2.5
                fusebox_limit_pinned{S,limit="max_concurrent"} 0
                fusebox_limit_pinned{S,limit="max_attempts"} 1
                """)
    }

    @Test func staleAndGoneInstancesShowCountersButNoGauges() {
        for message in [StreamMessage.agentStale, .agentGone(why: "killed")] {
            var scene = MetricsScene()
            scene.connect()
            scene.declare("pay")
            var counters = Counters()
            counters.ok = 3
            counters.inFlight = 4
            scene.count("pay", counters)
            scene.fleet.apply(message, from: MetricsScene.planner, at: MetricsScene.now)
            #expect(scene.samples("fusebox_agent_up").allSatisfy { $0.hasSuffix("} 0") })
            #expect(scene.samples("fusebox_calls_total").contains { $0.hasSuffix(#"ok"} 3"#) })
            for gauge in [
                "resilience4j_circuitbreaker_state", "resilience4j_circuitbreaker_failure_rate",
                "fusebox_calls_in_flight", "fusebox_limit",
            ] {
                #expect(scene.samples(gauge).isEmpty, "\(gauge)")
            }
        }
    }

    @Test func restartedInstanceHasItsOwnSeries() {
        let restarted = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "b"))
        var scene = MetricsScene()
        var counters = Counters()
        counters.attempts = 900
        scene.connect()
        scene.count("pay", counters)
        scene.fleet.apply(.agentGone(why: ""), from: MetricsScene.planner, at: MetricsScene.now)
        counters.attempts = 1
        scene.connect(restarted)
        scene.count("pay", counters, of: restarted)
        let values = scene.samples("fusebox_attempts_total").map { $0.suffix(4) }
        #expect(values == [" 900", #""} 1"#])
    }

    @Test func everyBoundIsTheExactEndOfAnAgentBucket() {
        for bound in LatencyBounds.all {
            let microseconds = LatencyBucket.upperBound(bound.buckets - 1)
            #expect(Double(bound.label) == microseconds / 1_000_000)
            #expect(LatencyBucket.index(microseconds: microseconds) == bound.buckets - 1)
            #expect(LatencyBucket.index(microseconds: microseconds.nextUp) == bound.buckets)
        }
    }

    @Test func estimatedSumIsWithinTheDocumentedError() {
        for us in stride(from: 2.0, to: 1e8, by: 99_991) {
            let estimate = LatencyBounds.middle(LatencyBucket.index(microseconds: us))
            #expect(abs(estimate - us / 1e6) <= 0.0222 * us / 1e6)
        }
    }

    @Test func labelValuesAreEscaped() {
        var scene = MetricsScene()
        scene.connect()
        scene.declare(
            "a\"} 1\nb\\", target: "\\\"\n",
            limits: [
                LimitReading(name: "x", value: .infinity), LimitReading(name: "x", value: 2),
            ])
        #expect(
            scene.samples("fusebox_limit{").map { $0.split(separator: "name=").last } == [
                #""a\"} 1\nb\\",limit="x"} +Inf"#
            ])
        #expect(scene.samples("fusebox_strategy_info")[0].hasSuffix(#"target="\\\"\n"} 1"#))
    }

    @Test func textIsValidForRandomInput() {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            var scene = MetricsScene()
            for index in 0..<5 {
                let id = InstanceID(
                    agent: "a\(index % 2)", instance: InstanceDigits(UInt128(index)))
                scene.connect(id)
                for name in ["x", "\"", "\\", "é"] {
                    scene.declare(name, breaker: .random(using: &random), of: id)
                    scene.count(name, counters(&random), of: id)
                }
            }
            check(scene.lines)
        }
    }

    @Test func slicesAreBoundedAndFormTheWholeText() {
        var scene = MetricsScene()
        scene.connect()
        for index in 0..<200 { scene.declare("s\(index)") }
        var text = scene.text
        var all: [UInt8] = []
        while let slice = text.next() {
            #expect(slice.count < MetricsText.sliceBytes + 8_192)
            #expect(slice.last == UInt8(ascii: "\n"))
            all += slice
        }
        #expect(all.count > 3 * MetricsText.sliceBytes)
        check(String(decoding: all, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    @Test func everyMetricIsDocumented() throws {
        let page = try String(
            contentsOf: Tool.root.appending(path: "Sources/Hub/Hub.docc/Metrics.md"),
            encoding: .utf8)
        for family in MetricFamily.all {
            #expect(page.contains("| `\(family.name)` |"), "\(family.name)")
        }
    }

    private func counters(_ random: inout SplitMix64) -> Counters {
        var counters = Counters()
        counters.ok = .random(in: 0...Int(WireLimits.count), using: &random)
        counters.retries = [
            RetryCount(retries: .random(in: 0...20, using: &random), calls: 5),
            RetryCount(retries: 1_000_000, calls: Int(WireLimits.count)),
        ]
        counters.errors = [ErrorCount(type: "E\"\n\\", count: 1)]
        counters.latency = [0, 127, 128, 400, 575].map {
            LatencyCount(
                bucket: $0, count: .random(in: 0...Int(WireLimits.count) / 8, using: &random))
        }
        counters.budget = BudgetCounters(remaining: .random(in: 0...1, using: &random), denied: 1)
        return counters
    }

    /// Checks that a metric's samples are contiguous after one HELP and one TYPE, that no sample
    /// occurs twice, and that histograms are cumulative and end at their count.
    private func check(_ lines: [String]) {
        let sample = /([a-z_:][a-z0-9_:]*)(\{.*\})? (\S+)/
        var family = ""
        var kind = ""
        var seen: Set<String> = []
        var keys: Set<String> = []
        var buckets: [Double] = []
        for line in lines {
            if line.hasPrefix("# HELP ") {
                family = String(line.split(separator: " ")[2])
                #expect(seen.insert(family).inserted, "\(family) twice")
                continue
            }
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                #expect(words[2] == family)
                kind = String(words[3])
                continue
            }
            guard let match = line.wholeMatch(of: sample), let value = Double(match.3) else {
                Issue.record("no sample: \(line)")
                continue
            }
            let name = String(match.1)
            let suffixes = kind == "histogram" || kind == "summary"
            #expect(
                name == family
                    || suffixes
                        && ["_bucket", "_sum", "_count"].contains(name.dropFirst(family.count))
            )
            #expect(kind == "counter" ? name.hasSuffix("_total") : true)
            #expect(keys.insert(name + (match.2.map(String.init) ?? "")).inserted, "\(line) twice")
            if name.hasSuffix("_bucket") {
                #expect(value >= buckets.last ?? 0)
                buckets.append(value)
            } else if name.hasSuffix("_count"), kind == "histogram" {
                #expect(value == buckets.last)
                buckets = []
            }
        }
    }
}

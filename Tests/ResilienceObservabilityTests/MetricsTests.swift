#if Observability
    import MetricsTestKit
    import Resilience
    import ResilienceObservability
    import TestSupport
    import Testing

    @Suite struct MetricsTests {
        private let scene = Scene()

        @Test func callsAttemptsAndErrorsAreCounted() throws {
            let retry = try scene.retry()
            let pay = scene.observability.observe("pay") { retry }
            #expect(try pay.callBlocking { 1 } == 1)
            _ = try? pay.callBlocking { throw Down() }
            #expect(scene.total("resilience.calls", [("resilience.call.outcome", "ok")]) == 1)
            #expect(scene.total("resilience.calls", [("resilience.call.outcome", "failed")]) == 1)
            #expect(scene.total("resilience.attempts") == 4)
            #expect(scene.total("resilience.retries") == 2)
            #expect(scene.total("resilience.attempt.failures", [("error.type", "Down")]) == 3)
            #expect(try scene.times("resilience.call.duration") == [0, 3_000_000_000])
            #expect(try scene.times("resilience.retry.duration") == [3_000_000_000])
        }

        @Test func rejectedAndCancelledCallsHaveNoDuration() async throws {
            let breaker = CircuitBreaker(time: scene.clock.time)
            let pay = scene.observability.observe("pay") { breaker }
            breaker.forceOpen()
            _ = try? await pay.call { 1 }
            breaker.reset()
            let task = Task {
                try await pay.call {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try Task.checkCancellation()
                }
            }
            _ = await task.result
            #expect(scene.total("resilience.calls", [("resilience.call.outcome", "rejected")]) == 1)
            #expect(
                scene.total("resilience.calls", [("resilience.call.outcome", "cancelled")]) == 1)
            #expect(try scene.times("resilience.call.duration").isEmpty)
        }

        @Test func monitoredStrategyIsCountedThroughEitherWrapper() throws {
            let monitored = Monitored(try scene.retry(), time: scene.clock.time)
            let pay = scene.observability.observe("pay", monitored)
            #expect(try monitored.callBlocking { 1 } == 1)
            #expect(try pay.callBlocking { 2 } == 2)
            #expect(scene.total("resilience.calls", [("resilience.call.outcome", "ok")]) == 2)
            #expect(monitored.metrics.ok == 2)
        }

        @Test func tapAndMetricsObserveTheSameCalls() throws {
            let monitored = Monitored(try scene.retry(), time: scene.clock.time)
            scene.observability.observe("pay", monitored)
            monitored.meter.tap { _ in }
            monitored.meter.tap(nil)
            #expect(try monitored.callBlocking { 1 } == 1)
            #expect(scene.total("resilience.calls", [("resilience.call.outcome", "ok")]) == 1)
        }

        @Test func errorTypesBeyondTheLimitAreCountedAsOther() throws {
            struct Numbered: ClassifiedError {
                let number: Int
                var errorClass: ErrorClass { .other }
                var errorType: String { "E\(number)" }
            }
            let pay = try scene.observability.observe("pay") {
                Retry(try RetryPolicy(maxAttempts: 1), time: scene.clock.time)
            }
            for number in 0..<70 {
                _ = try? pay.callBlocking { throw Numbered(number: number) }
            }
            #expect(scene.metrics.counters(label: "resilience.attempt.failures").count == 65)
            #expect(scene.total("resilience.attempt.failures", [("error.type", "other")]) == 6)
        }

        @Test func breakerStateIsAGaugePerState() throws {
            let breaker = CircuitBreaker(
                try CircuitBreakerPolicy(failureThreshold: 1), time: scene.clock.time)
            let pay = scene.observability.observe("pay") { breaker }
            func gauge(_ state: String) throws -> Double? {
                try scene.metrics.expectGauge(
                    "resilience.circuit_breaker.state",
                    [
                        ("resilience.strategy.name", "pay"),
                        ("resilience.circuit_breaker.state", state),
                    ]
                ).lastValue
            }
            #expect(try gauge("closed") == 1)
            #expect(try gauge("open") == 0)
            _ = try? pay.callBlocking { throw Down() }
            #expect(try gauge("closed") == 0)
            #expect(try gauge("open") == 1)
            let change = [
                ("resilience.circuit_breaker.from", "closed"),
                ("resilience.circuit_breaker.to", "open"),
                ("resilience.circuit_breaker.by", "policy"),
            ]
            #expect(scene.total("resilience.circuit_breaker.transitions", change) == 1)
        }
    }
#endif

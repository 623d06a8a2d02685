#if Observability
    import InMemoryTracing
    import Resilience
    import ResilienceObservability
    import TestSupport
    import Testing
    import Tracing

    @Suite struct SpanTests {
        private let scene = Scene()

        /// The only span that has ended.
        private func span() throws -> FinishedInMemorySpan {
            let spans = scene.tracer.popFinishedSpans()
            #expect(spans.count == 1)
            return try #require(spans.first)
        }

        @Test func callIsASpanWithItsAttemptsAndOutcome() async throws {
            let retry = try scene.retry()
            let pay = scene.observability.observe("pay") {
                retry
                CircuitBreaker(time: scene.clock.time)
            }
            #expect(try await pay.call { 1 } == 1)
            let span = try span()
            #expect(span.operationName == "pay")
            #expect(
                span.attributes == [
                    "resilience.strategy.name": "pay",
                    "resilience.strategy.kind": "retry+breaker",
                    "resilience.call.attempts": 1, "resilience.call.outcome": "ok",
                ])
            #expect(span.events.isEmpty)
            #expect(span.status == nil)
        }

        @Test func eachRetryIsAnEventWithItsErrorAndDelay() throws {
            let retry = try scene.retry()
            let pay = scene.observability.observe("pay") { retry }
            _ = try? pay.callBlocking { throw Down() }
            let span = try span()
            #expect(span.events.map(\.name) == ["retry", "retry"])
            #expect(
                span.events.map(\.attributes) == [
                    [
                        "resilience.attempt": 2, "error.type": "Down",
                        "resilience.retry.delay": 1.0,
                    ],
                    [
                        "resilience.attempt": 3, "error.type": "Down",
                        "resilience.retry.delay": 2.0,
                    ],
                ])
            #expect(span.attributes.get("error.type") == "Down")
            #expect(span.attributes.get("resilience.call.outcome") == "failed")
            #expect(span.status?.code == .error)
        }

        @Test func suspendedRetryIsASpanEvent() async throws {
            let retry = try scene.retry()
            let pay = scene.observability.observe("pay") { retry }
            let attempts = Attempts()
            async let answer = pay.call { try attempts.next(failing: 1) }
            await scene.clock.sleepers()
            scene.clock.advance(by: .seconds(1))
            #expect(try await answer == 2)
            let span = try span()
            #expect(span.events.map(\.name) == ["retry"])
            #expect(span.attributes.get("error.type") == nil)
        }

        @Test func rejectionNamesItsStrategy() throws {
            let breaker = CircuitBreaker(time: scene.clock.time)
            let pay = scene.observability.observe("pay") { breaker }
            breaker.forceOpen()
            _ = try? pay.callBlocking { 1 }
            let span = try span()
            #expect(span.attributes.get("error.type") == "rejected")
            #expect(span.attributes.get("resilience.call.outcome") == "rejected")
            #expect(span.attributes.get("resilience.call.attempts") == 0)
            #expect(
                span.attributes.get("resilience.call.rejection")
                    == "circuit breaker is forced open: forced open until reset")
        }

        @Test func operationRunsWithinTheSpan() async throws {
            let retry = try scene.retry()
            let pay = scene.observability.observe("pay") { retry }
            let tracer = scene.tracer
            try await pay.call { tracer.startSpan("charge").end() }
            func block() throws { try pay.callBlocking { tracer.startSpan("charge").end() } }
            try block()
            let spans = scene.tracer.popFinishedSpans()
            #expect(spans.map(\.operationName) == ["charge", "pay", "charge", "pay"])
            #expect(spans[0].parentSpanID == spans[1].spanID)
            #expect(spans[2].parentSpanID == spans[3].spanID)
            #expect(spans[1].parentSpanID == nil)
        }

        @Test func hedgeIsASpanEvent() async throws {
            let hedge = Hedge(
                try HedgePolicy(delay: .milliseconds(100), maxHedges: 1), time: scene.clock.time)
            let pay = scene.observability.observe("pay") { hedge }
            let attempts = Attempts()
            let time = scene.clock.time
            async let answer = pay.call {
                // The first attempt takes too long.
                let attempt = try attempts.next()
                if attempt == 1 { try await time.sleep(for: .seconds(60)) }
                return attempt
            }
            await scene.clock.sleepers(2)
            scene.clock.advance(by: .milliseconds(100))
            #expect(try await answer == 2)
            let span = try span()
            #expect(span.events.map(\.name) == ["hedge"])
            #expect(span.attributes.get("resilience.call.attempts") == 2)
        }

        @Test func activeTracerIsTheDefault() throws {
            let pay = Observability(metrics: scene.metrics).observe("pay") { CircuitBreaker() }
            try withTracer(scene.tracer) { try pay.callBlocking {} }
            #expect(try span().operationName == "pay")
        }
    }
#endif

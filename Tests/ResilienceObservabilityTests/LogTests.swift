#if Observability
    import InMemoryLogging
    import Logging
    import Resilience
    import ResilienceObservability
    import TestSupport
    import Testing

    @Suite struct LogTests {
        private let scene = Scene()

        @Test func openingByPolicyIsLoggedAsAWarning() throws {
            let breaker = CircuitBreaker(
                try CircuitBreakerPolicy(failureThreshold: 1, openFor: .seconds(60)),
                time: scene.clock.time)
            let pay = scene.observability.observe("pay") { breaker }
            _ = try? pay.callBlocking { throw Down() }
            #expect(
                scene.log.entries == [
                    InMemoryLogHandler.Entry(
                        level: .warning, message: "circuit breaker is open",
                        metadata: [
                            "resilience.strategy.name": "pay",
                            "resilience.circuit_breaker.from": "closed",
                            "resilience.circuit_breaker.to": "open",
                            "resilience.circuit_breaker.by": "policy",
                            "resilience.circuit_breaker.why": "1 failure",
                            "resilience.circuit_breaker.version": "1",
                            "resilience.circuit_breaker.probe_in": "60.0",
                        ])
                ])
        }

        @Test func operatorOrderIsLoggedAsANotice() throws {
            let breaker = CircuitBreaker(time: scene.clock.time)
            scene.observability.observe("pay", Monitored(breaker))
            breaker.forceOpen(by: .operator)
            breaker.reset(by: .operator)
            #expect(scene.log.entries.map(\.level) == [.notice, .notice])
            #expect(
                scene.log.entries.map { $0.metadata["resilience.circuit_breaker.by"] }
                    == ["operator", "operator"])
        }

        @Test func retryIsLoggedAtDebugLevel() throws {
            let retry = try scene.retry()
            let pay = scene.observability.observe("pay") { retry }
            _ = try? pay.callBlocking { throw Down() }
            #expect(scene.log.entries.map(\.level) == [.debug, .debug])
            #expect(scene.log.entries.map(\.message) == ["retry", "retry"])
            #expect(
                scene.log.entries.last?.metadata == [
                    "resilience.strategy.name": "pay", "resilience.attempt": "3",
                    "error.type": "Down", "resilience.retry.delay": "2.0",
                ])
        }
    }
#endif

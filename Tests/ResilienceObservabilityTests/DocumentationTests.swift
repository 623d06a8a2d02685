#if Observability
    import Logging
    import Resilience
    import ResilienceObservability
    import ResilienceTelemetry
    import ServiceLifecycle
    import TestSupport
    import Testing
    import UnixSignals

    private struct Card: Sendable {}
    private func charge(_ card: Card) async throws -> String { "receipt" }

    /// The documentation's examples, compiled as they stand there.
    @Suite struct ObservabilityDocumentationTests {
        private let card = Card()

        @Test func observing() async throws {
            let card = card
            let observability = Observability(logger: Logger(label: "payments"))
            let payments = observability.observe("pay/stripe") {
                Retry()
                CircuitBreaker()
            }
            let receipt = try await payments.call { try await charge(card) }
            #expect(receipt == "receipt")
        }

        /// Only compiled: it runs until a signal arrives.
        private func service(logger: Logger) async throws {
            let observability = Observability(logger: logger)
            let telemetry = Telemetry(agent: "planner")
            let payments = observability.observe(
                "pay/stripe", telemetry.monitor("pay/stripe") { Retry() })
            let group = ServiceGroup(
                services: [telemetry], gracefulShutdownSignals: [.sigterm], logger: logger)
            try await group.run()
            _ = payments
        }

        @Test func everyDocumentationExampleIsCompiled() throws {
            let examples = try CompiledExamples(
                of: "ResilienceObservability/ResilienceObservability.docc")
            #expect(examples.missing.isEmpty)
            #expect(examples.count >= 2)
        }
    }
#endif

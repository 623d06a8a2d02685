#if Observability
    import InMemoryLogging
    import InMemoryTracing
    import Logging
    import MetricsTestKit
    import Resilience
    import ResilienceObservability
    import TestSupport

    /// Test backends for metrics, log and spans, and a clock that moves by blocking waits.
    struct Scene {
        let metrics = TestMetrics()
        let log = InMemoryLogHandler()
        let tracer = InMemoryTracer()
        let clock = TestClock()

        var observability: Observability {
            var logger = Logger(label: "test") { _ in log }
            logger.logLevel = .debug
            return Observability(
                metrics: metrics, logger: logger, tracer: tracer, time: clock.time)
        }

        /// Three attempts with waits of 1 s and 2 s.
        func retry() throws -> Retry {
            Retry(
                try RetryPolicy(backoff: Backoff(initial: .seconds(1), jitter: .none)),
                time: clock.time)
        }

        func total(_ label: String, _ dimensions: [(String, String)] = []) -> Int64 {
            metrics.counterTotal(
                label: label,
                dimensions: [("resilience.strategy.name", "pay")] + dimensions)
        }

        func times(_ label: String) throws -> [Int64] {
            try metrics.expectTimer(label, [("resilience.strategy.name", "pay")]).values
        }
    }

    struct Down: Error {}
#endif

#if Observability
    public import Logging
    public import Metrics
    public import Resilience
    public import Tracing

    /// The backends that receive the calls of observed strategies: swift-metrics, swift-log and
    /// swift-distributed-tracing.
    ///
    /// ```swift
    /// let observability = Observability(logger: Logger(label: "payments"))
    /// let payments = observability.observe("pay/stripe") { Retry(); CircuitBreaker() }
    /// let receipt = try await payments.call { try await charge(card) }
    /// ```
    ///
    /// The page <doc:WhatIsEmitted> lists every metric, attribute, log line and span.
    public struct Observability: Sendable {
        let metrics: any MetricsFactory
        let logger: Logger
        let tracer: (any Tracer)?
        let time: TimeSource

        /// Creates an instance with the given backends.
        ///
        /// - Parameters:
        ///   - metrics: creates counters and timers; by default the program's bootstrapped factory.
        ///   - logger: receives state changes of breakers and, at level `debug`, retries.
        ///   - tracer: creates spans; by default the tracer that is active when a call starts.
        ///   - time: measures the waits before retries; for tests.
        public init(
            metrics: any MetricsFactory = MetricsSystem.factory,
            logger: Logger = Logger(label: "resilience"), tracer: (any Tracer)? = nil,
            time: TimeSource = .monotonic
        ) {
            self.metrics = metrics
            self.logger = logger
            self.tracer = tracer
            self.time = time
        }

        /// Monitors a pipeline and observes it.
        ///
        /// - Parameter strategy: the name, such as `pay/stripe`. It is the name of spans and a
        ///   dimension of each metric, so use a small set of names.
        public func observe<Content>(
            _ strategy: String, @PipelineBuilder _ content: () throws -> Content
        ) rethrows -> Observed<Monitored<Pipeline<Content>>> {
            observe(strategy, try Monitored(time: time, content))
        }

        /// Observes a strategy that is already monitored, such as the result of
        /// `Telemetry.monitor`.
        ///
        /// Metrics and log lines cover all calls of `monitored`. Spans and retry events cover only
        /// calls that are made through the result. Observe a strategy once: a second observation
        /// counts each call again.
        ///
        /// - Parameter strategy: the name, such as `pay/stripe`. It is the name of spans and a
        ///   dimension of each metric, so use a small set of names.
        @discardableResult
        public func observe<Base>(
            _ strategy: String, _ monitored: Monitored<Base>
        ) -> Observed<Monitored<Base>> {
            let facets = Facets(of: monitored)
            let calls = CallMetrics(strategy, metrics)
            monitored.meter.onEnd { calls.record($0) }
            if let breaker = facets.breaker {
                let states = BreakerMetrics(strategy, metrics, breaker.snapshot)
                breaker.onTransition { [logger] transition in
                    states.record(transition)
                    logger.log(transition, of: strategy)
                }
            }
            let spans = CallSpans(
                strategy: strategy, kind: facets.kinds.joined(separator: "+"), logger: logger,
                tracer: tracer, time: time)
            return Observed(monitored, spans)
        }
    }
#endif

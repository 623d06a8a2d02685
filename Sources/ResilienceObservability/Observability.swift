#if Observability
    public import Logging
    public import Metrics
    public import Resilience
    public import Tracing

    /// Where the calls of observed strategies are told of: swift-metrics, swift-log and
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

        /// Tells of calls through the given backends.
        ///
        /// - Parameters:
        ///   - metrics: makes counters and timers; the program's bootstrapped factory unless given.
        ///   - logger: gets state changes of breakers and, at level `debug`, retries.
        ///   - tracer: makes spans; unless given, the one that is active where a call begins.
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
        /// - Parameter strategy: the name, such as `pay/stripe`: a span's name and a dimension of
        ///   each metric, so from a small set.
        public func observe<Content>(
            _ strategy: String, @PipelineBuilder _ content: () throws -> Content
        ) rethrows -> Observed<Monitored<Pipeline<Content>>> {
            observe(strategy, try Monitored(time: time, content))
        }

        /// Observes what is monitored already, such as the result of `Telemetry.monitor`.
        ///
        /// Metrics and log lines come from all calls of `monitored`; a span and the retries' events
        /// from the calls that are made through the result. Observe it once: a second observation
        /// counts each call again.
        ///
        /// - Parameter strategy: the name, such as `pay/stripe`: a span's name and a dimension of
        ///   each metric, so from a small set.
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

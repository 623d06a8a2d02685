#if Observability
    /// The names of metrics, attributes and log metadata. `error.type` is defined by OpenTelemetry.
    /// OpenTelemetry has no conventions for retry strategies, so the other names only follow its
    /// naming rules.
    enum Name {
        static let calls = "resilience.calls"
        static let callDuration = "resilience.call.duration"
        static let attemptCount = "resilience.attempts"
        static let attemptFailures = "resilience.attempt.failures"
        static let retries = "resilience.retries"
        static let retryDuration = "resilience.retry.duration"
        static let transitions = "resilience.circuit_breaker.transitions"
        static let breakerState = "resilience.circuit_breaker.state"

        static let strategy = "resilience.strategy.name"
        static let kind = "resilience.strategy.kind"
        static let outcome = "resilience.call.outcome"
        static let attempts = "resilience.call.attempts"
        static let rejection = "resilience.call.rejection"
        static let attempt = "resilience.attempt"
        static let delay = "resilience.retry.delay"
        static let errorType = "error.type"
        static let state = "resilience.circuit_breaker.state"
        static let from = "resilience.circuit_breaker.from"
        static let to = "resilience.circuit_breaker.to"
        static let by = "resilience.circuit_breaker.by"
        static let why = "resilience.circuit_breaker.why"
        static let version = "resilience.circuit_breaker.version"
        static let probeIn = "resilience.circuit_breaker.probe_in"
    }
#endif

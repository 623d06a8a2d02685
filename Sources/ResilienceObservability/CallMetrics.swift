#if Observability
    import Metrics
    import Resilience
    import Synchronization

    /// The counters and timers of one strategy's calls.
    final class CallMetrics: Sendable {
        private let dimensions: [(String, String)]
        private let factory: any MetricsFactory
        private let calls: OutcomeCounters
        private let duration: Timer
        private let attempts: Counter
        private let retries: Counter
        private let retryDuration: Timer
        /// Failed attempts by error type.
        private let failures = Mutex<[String: Counter]>([:])

        init(_ strategy: String, _ factory: any MetricsFactory) {
            let dimensions = [(Name.strategy, strategy)]
            self.dimensions = dimensions
            self.factory = factory
            calls = OutcomeCounters(dimensions, factory)
            duration = Timer(
                label: Name.callDuration, dimensions: dimensions, preferredDisplayUnit: .seconds,
                factory: factory)
            attempts = Counter(
                label: Name.attemptCount, dimensions: dimensions, factory: factory)
            retries = Counter(label: Name.retries, dimensions: dimensions, factory: factory)
            retryDuration = Timer(
                label: Name.retryDuration, dimensions: dimensions, preferredDisplayUnit: .seconds,
                factory: factory)
        }

        func record(_ call: EndedCall) {
            calls.count(call.end)
            attempts.increment(by: call.attempts)
            if call.end == .ok || call.end == .failed {
                duration.recordNanoseconds(call.took.nanoseconds)
            }
            if call.attempts > 1 {
                retries.increment(by: call.attempts - 1)
                retryDuration.recordNanoseconds(call.retrying.nanoseconds)
            }
            for error in call.errors { counter(of: error).increment() }
        }

        /// Backends keep each counter for ever, so the number of error types is limited.
        private func counter(of error: String) -> Counter {
            failures.withLock { failures in
                let isKnown =
                    failures[error] != nil || failures.count < RetryMetrics.errorTypeLimit
                let type = isKnown ? error : RetryMetrics.otherErrors
                if let counter = failures[type] { return counter }
                let counter = Counter(
                    label: Name.attemptFailures, dimensions: dimensions + [(Name.errorType, type)],
                    factory: factory)
                failures[type] = counter
                return counter
            }
        }
    }

    /// The counters of calls by outcome.
    private struct OutcomeCounters: Sendable {
        private let ok: Counter
        private let failed: Counter
        private let rejected: Counter
        private let cancelled: Counter

        init(_ dimensions: [(String, String)], _ factory: any MetricsFactory) {
            func counter(_ outcome: String) -> Counter {
                Counter(
                    label: Name.calls, dimensions: dimensions + [(Name.outcome, outcome)],
                    factory: factory)
            }
            ok = counter("ok")
            failed = counter("failed")
            rejected = counter("rejected")
            cancelled = counter("cancelled")
        }

        func count(_ end: RetryMetrics.End) {
            switch end {
            case .ok: ok.increment()
            case .failed: failed.increment()
            case .rejected: rejected.increment()
            case .cancelled: cancelled.increment()
            }
        }
    }
#endif

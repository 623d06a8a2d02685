#if Observability
    import Logging
    import Metrics
    import Resilience
    import Synchronization

    /// Exports the state of a strategy's circuit breaker as metrics.
    final class BreakerMetrics: Sendable {
        private let dimensions: [(String, String)]
        private let factory: any MetricsFactory
        /// One gauge for each state: 1 for the present state, otherwise 0.
        private let states: [(state: CircuitBreaker.State, gauge: Gauge)]
        /// The version that the gauges show. Two concurrent changes may arrive in either order.
        private let shown: Mutex<Int>

        init(
            _ strategy: String, _ factory: any MetricsFactory, _ present: CircuitBreaker.Snapshot
        ) {
            let dimensions = [(Name.strategy, strategy)]
            self.dimensions = dimensions
            self.factory = factory
            states = CircuitBreaker.State.allCases.map { state in
                (
                    state,
                    Gauge(
                        label: Name.breakerState,
                        dimensions: dimensions + [(Name.state, state.rawValue)], factory: factory)
                )
            }
            shown = Mutex(present.version)
            show(present.state)
        }

        func record(_ transition: CircuitBreaker.Transition) {
            // Created for each change: changes are rare, and there are too many combinations to
            // keep all counters.
            Counter(
                label: Name.transitions,
                dimensions: dimensions + [
                    (Name.from, transition.from.rawValue), (Name.to, transition.to.rawValue),
                    (Name.by, transition.by.rawValue),
                ], factory: factory
            ).increment()
            shown.withLock { shown in
                guard transition.version > shown else { return }
                shown = transition.version
                show(transition.to)
            }
        }

        private func show(_ present: CircuitBreaker.State) {
            for (state, gauge) in states { gauge.record(state == present ? 1 : 0) }
        }
    }

    extension Logger {
        /// Logs a change of a breaker: at level `warning` if the policy opened it, otherwise
        /// `notice`.
        func log(_ transition: CircuitBreaker.Transition, of strategy: String) {
            var metadata: Metadata = [
                Name.strategy: "\(strategy)", Name.from: "\(transition.from)",
                Name.to: "\(transition.to)", Name.by: "\(transition.by)",
                Name.why: "\(transition.why)", Name.version: "\(transition.version)",
            ]
            if let wait = transition.probeIn { metadata[Name.probeIn] = "\(wait.seconds)" }
            let isTrip = transition.to == .open && transition.by == .policy
            log(
                level: isTrip ? .warning : .notice, "circuit breaker is \(transition.to)",
                metadata: metadata)
        }
    }
#endif

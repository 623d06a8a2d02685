#if Observability
    public import ResilienceTelemetry
    public import ServiceLifecycle

    extension Telemetry: Service {
        /// Runs until the service group shuts down gracefully or the task is cancelled. Then sends
        /// the remaining data and a `bye` to the hub, and ends within a second.
        ///
        /// Place it before the services that use its strategies: a group shuts down in reverse
        /// order, so their last calls are still reported.
        public func run() async throws {
            // Cancellation ends the wait too.
            try? await gracefulShutdown()
            await shutdown()
        }
    }
#endif

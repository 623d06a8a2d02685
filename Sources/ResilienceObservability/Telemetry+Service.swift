#if Observability
    public import ResilienceTelemetry
    public import ServiceLifecycle

    extension Telemetry: Service {
        /// Runs until the service group shuts down gracefully or the task is cancelled; then sends
        /// what is left to the hub, says goodbye and ends, within a second.
        ///
        /// Put it before the services that use its strategies: a group shuts down in reverse order,
        /// so it sees their last calls.
        public func run() async throws {
            // Cancellation is the other way to end.
            try? await gracefulShutdown()
            await shutdown()
        }
    }
#endif

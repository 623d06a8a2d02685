#if Observability
    public import Resilience
    import Tracing

    /// A monitored strategy with a span for each call; created by ``Observability/observe(_:_:)``.
    ///
    /// The operation runs within the span of its call, so spans that it starts are its children.
    public struct Observed<Base: Monitorable>: Monitorable {
        /// The observed strategy.
        public let base: Base

        private let spans: CallSpans

        init(_ base: Base, _ spans: CallSpans) {
            self.base = base
            self.spans = spans
        }

        /// Adds the base's facets.
        public func describe(into facets: inout Facets) {
            base.describe(into: &facets)
        }
    }

    extension Observed: Strategy where Base: Strategy {
        /// Runs the operation under the base, within a span.
        public func run<Success: Sendable, Failure: Error>(
            _ call: inout Call,
            _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
        ) async throws(CallError<Failure>) -> Success {
            try await spanned { span throws(CallError<Failure>) in
                try await base.run(&call) {
                    (call: inout Call) async throws(CallError<Failure>) -> Success in
                    try await span.attempt(&call, operation)
                }
            }
        }
    }

    extension Observed: SerialStrategy where Base: SerialStrategy {
        /// Runs the operation under the base, within a span, in the caller's task.
        public func run<Success, Failure: Error>(
            _ call: inout Call,
            _ operation: (inout Call) async throws(CallError<Failure>) -> Success
        ) async throws(CallError<Failure>) -> Success {
            try await spanned { span throws(CallError<Failure>) in
                try await base.run(&call) {
                    (call: inout Call) async throws(CallError<Failure>) -> Success in
                    try await span.attempt(&call, operation)
                }
            }
        }
    }

    extension Observed {
        /// Makes a call within a span.
        private func spanned<Success, Failure: Error>(
            _ call: (CallSpan) async throws(CallError<Failure>) -> Success
        ) async throws(CallError<Failure>) -> Success {
            let span = spans.begin()
            let result = await ServiceContext.withValue(span.context) {
                () async -> Result<Success, CallError<Failure>> in
                do throws(CallError<Failure>) {
                    return .success(try await call(span))
                } catch {
                    return .failure(error)
                }
            }
            span.end(result.failure?.end)
            return try result.get()
        }
    }

    extension Observed: BlockingStrategy where Base: BlockingStrategy {
        /// Runs the operation under the base, within a span, on the caller's thread.
        public func runBlocking<Success, Failure: Error>(
            _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
        ) throws(CallError<Failure>) -> Success {
            let span = spans.begin()
            let result = ServiceContext.withValue(span.context) {
                () -> Result<Success, CallError<Failure>> in
                do throws(CallError<Failure>) {
                    return .success(
                        try base.runBlocking(&call) {
                            (call: inout Call) throws(CallError<Failure>) -> Success in
                            try span.attemptBlocking(&call, operation)
                        })
                } catch {
                    return .failure(error)
                }
            }
            span.end(result.failure?.end)
            return try result.get()
        }
    }

    extension Result {
        fileprivate var failure: Failure? {
            if case .failure(let failure) = self { failure } else { nil }
        }
    }
#endif

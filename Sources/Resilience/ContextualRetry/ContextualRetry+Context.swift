extension ContextualRetry {
    /// A context as a strategy. What is registered for it is looked up at each call's start.
    public struct Context: BlockingStrategy {
        @usableFromInline let contexts: ContextualRetry
        /// The context, such as `database`.
        public let name: String

        init(contexts: ContextualRetry, name: String) {
            self.contexts = contexts
            self.name = name
        }

        /// The present number of attempts, an operator's change included; the default's where too
        /// many contexts are without a policy.
        public var maxAttempts: Limit { contexts.current(name).maxAttempts }

        /// Runs the operation under the context's present retry.
        @inlinable
        public func run<Success, Failure: Error>(
            _ call: inout Call,
            _ operation: (inout Call) async throws(CallError<Failure>) -> Success
        ) async throws(CallError<Failure>) -> Success {
            try await contexts.current(name).run(&call, operation)
        }

        /// Runs the operation under the context's present retry, on the caller's thread.
        @inlinable
        public func runBlocking<Success, Failure: Error>(
            _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
        ) throws(CallError<Failure>) -> Success {
            try contexts.current(name).runBlocking(&call, operation)
        }

        /// Adds `context`, its limit, and the budget that its retry has now.
        public func describe(into facets: inout Facets) {
            facets.kinds.append("context")
            contexts.current(name).describe(into: &facets)
        }
    }
}

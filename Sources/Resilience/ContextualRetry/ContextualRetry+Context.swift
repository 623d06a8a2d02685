extension ContextualRetry {
    /// A context as a strategy. Each call uses the retry that is registered at its start.
    public struct Context: BlockingStrategy {
        @usableFromInline let contexts: ContextualRetry
        /// The context, such as `database`.
        public let name: String

        init(contexts: ContextualRetry, name: String) {
            self.contexts = contexts
            self.name = name
        }

        /// The present number of attempts, including an operator's change. It is the default's
        /// limit if too many contexts have no policy.
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

        /// Adds the kind `context`, the limit, and the budget of the present retry.
        public func describe(into facets: inout Facets) {
            facets.kinds.append("context")
            contexts.current(name).describe(into: &facets)
        }
    }
}

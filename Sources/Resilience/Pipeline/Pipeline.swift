/// Nested strategies, outermost first.
///
/// ```swift
/// let payments = Pipeline {
///     Retry()
///     CircuitBreaker()
/// }
/// let receipt = try await payments.call { try await charge(card) }
/// ```
///
/// Nested generic types cost a third of an array of existentials per call.
public struct Pipeline<Content: Strategy>: Strategy {
    /// The outermost strategy, which contains the others.
    public let content: Content

    /// Creates a pipeline of strategies, outermost first.
    public init(@PipelineBuilder _ content: () throws -> Content) rethrows {
        self.init(try content())
    }

    init(_ content: Content) {
        self.content = content
    }

    /// Runs the operation under all of the strategies.
    @inlinable
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await content.run(&call, operation)
    }

    /// Adds the strategies' facets, outermost first.
    public func describe(into facets: inout Facets) {
        content.describe(into: &facets)
    }
}

extension Pipeline: SerialStrategy where Content: SerialStrategy {
    /// Runs the operation in the caller's task under all of the strategies.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await content.run(&call, operation)
    }
}

extension Pipeline: BlockingStrategy where Content: BlockingStrategy {
    /// Runs the operation under all of the strategies on the caller's thread.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        try content.runBlocking(&call, operation)
    }
}

/// One strategy around another; created by ``PipelineBuilder``.
public struct Layered<Outer: Strategy, Inner: Strategy>: Strategy {
    @usableFromInline let outer: Outer
    @usableFromInline let inner: Inner

    init(outer: Outer, inner: Inner) {
        self.outer = outer
        self.inner = inner
    }

    /// Runs the operation under the inner strategy, which runs under the outer one.
    @inlinable
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await outer.run(&call) { call async throws(CallError<Failure>) -> Success in
            try await inner.run(&call, operation)
        }
    }

    /// Adds the facets of the outer strategy, then those of the inner one.
    public func describe(into facets: inout Facets) {
        outer.describe(into: &facets)
        inner.describe(into: &facets)
    }
}

extension Layered: SerialStrategy where Outer: SerialStrategy, Inner: SerialStrategy {
    /// Runs the operation in the caller's task under the inner strategy, which runs under the outer
    /// one.
    @inlinable
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        try await outer.run(&call) { call async throws(CallError<Failure>) -> Success in
            try await inner.run(&call, operation)
        }
    }
}

extension Layered: BlockingStrategy where Outer: BlockingStrategy, Inner: BlockingStrategy {
    /// Runs the operation on the caller's thread under the inner strategy, which runs under the
    /// outer one.
    @inlinable
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        try outer.runBlocking(&call) { call throws(CallError<Failure>) -> Success in
            try inner.runBlocking(&call, operation)
        }
    }
}

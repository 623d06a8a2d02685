/// Nested strategies of one type, the first outermost; the result of `for` in a ``Pipeline``.
public struct StrategyList<Element: Strategy>: Strategy {
    private let strategies: ArraySlice<Element>

    init(_ strategies: ArraySlice<Element>) {
        self.strategies = strategies
    }

    /// Runs the operation under all of them.
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        guard let first = strategies.first else { return try await operation(&call) }
        let rest = StrategyList(strategies.dropFirst())
        return try await first.run(&call) { call async throws(CallError<Failure>) -> Success in
            try await rest.run(&call, operation)
        }
    }

    /// Adds the facets of all strategies, outermost first.
    public func describe(into facets: inout Facets) {
        for strategy in strategies { strategy.describe(into: &facets) }
    }
}

extension StrategyList: SerialStrategy where Element: SerialStrategy {
    /// Runs the operation in the caller's task under all of them.
    public func run<Success, Failure: Error>(
        _ call: inout Call,
        _ operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        guard let first = strategies.first else { return try await operation(&call) }
        let rest = StrategyList(strategies.dropFirst())
        return try await first.run(&call) { call async throws(CallError<Failure>) -> Success in
            try await rest.run(&call, operation)
        }
    }
}

extension StrategyList: BlockingStrategy where Element: BlockingStrategy {
    /// Runs the operation on the caller's thread under all of them.
    public func runBlocking<Success, Failure: Error>(
        _ call: inout Call, _ operation: (inout Call) throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        guard let first = strategies.first else { return try operation(&call) }
        let rest = StrategyList(strategies.dropFirst())
        return try first.runBlocking(&call) { call throws(CallError<Failure>) -> Success in
            try rest.runBlocking(&call, operation)
        }
    }
}

/// What becomes of a result that a call has no use for, such as a connection that a slower hedge
/// opened.
///
/// ```swift
/// let hedge = Hedge(disposal: Disposal { (connection: Connection) in await connection.close() })
/// ```
public struct Disposal: Sendable {
    private let dispose: @Sendable (any Sendable) async -> Void

    /// Disposes of values of one type; those of another type are dropped.
    public init<Value: Sendable>(_ dispose: @escaping @Sendable (Value) async -> Void) {
        self.dispose = { value in
            if let value = value as? Value { await dispose(value) }
        }
    }

    /// Disposes of what a call returned, where it returned something.
    func callAsFunction<Success: Sendable, Failure: Error>(
        _ result: Result<Success, Failure>
    ) async {
        if case .success(let value) = result { await dispose(value) }
    }
}

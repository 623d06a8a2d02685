/// Releases a result that a call does not use, such as a connection that a slower hedge opened.
///
/// ```swift
/// let hedge = Hedge(disposal: Disposal { (connection: Connection) in await connection.close() })
/// ```
public struct Disposal: Sendable {
    private let dispose: @Sendable (any Sendable) async -> Void

    /// Creates a disposal for values of one type; values of other types are dropped.
    public init<Value: Sendable>(_ dispose: @escaping @Sendable (Value) async -> Void) {
        self.dispose = { value in
            if let value = value as? Value { await dispose(value) }
        }
    }

    /// Disposes of the value of a successful result.
    func callAsFunction<Success: Sendable, Failure: Error>(
        _ result: Result<Success, Failure>
    ) async {
        if case .success(let value) = result { await dispose(value) }
    }
}

/// Decides which returned values are treated as errors, such as an HTTP response with the status
/// 503 or an empty answer of a model.
///
/// ```swift
/// let unavailable = ResultClassifier { (response: Response) in
///     response.status == 503 ? HTTPError(status: 503, retryAfter: response.retryAfter) : nil
/// }
/// ```
///
/// The error is handled like a thrown one. The error classifier decides whether it is retried and
/// what it says about the service, and a ``ClassifiedError`` may request a wait. If no attempt
/// returns a better value, the caller gets the value of the last attempt.
public struct ResultClassifier: Sendable {
    private let judge: @Sendable (Any) -> (any Error)?

    /// Creates a classifier for values of one type; values of other types are not errors.
    ///
    /// - Parameter error: returns the error that a value represents; `nil` if it is not an error.
    public init<Value>(_ error: @escaping @Sendable (Value) -> (any Error)?) {
        judge = { ($0 as? Value).flatMap(error) }
    }

    /// Returns the error that a value represents; `nil` if it is not an error.
    public func error(for value: some Any) -> (any Error)? {
        judge(value)
    }
}

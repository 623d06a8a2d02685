/// Decides which returned values stand for errors, such as an HTTP response with the status 503 or an
/// empty answer of a model.
///
/// ```swift
/// let unavailable = ResultClassifier { (response: Response) in
///     response.status == 503 ? HTTPError(status: 503, retryAfter: response.retryAfter) : nil
/// }
/// ```
///
/// The error goes the way of one that was thrown: a classifier of errors says whether it is worth
/// another attempt and what it says about the service, and a ``ClassifiedError`` may ask for a wait.
/// The caller gets the value: that of the last attempt, where none is better.
public struct ResultClassifier: Sendable {
    private let judge: @Sendable (Any) -> (any Error)?

    /// A classifier of values of one type; those of another type are no errors.
    ///
    /// - Parameter error: the error that a value stands for; `nil` for a value that is none.
    public init<Value>(_ error: @escaping @Sendable (Value) -> (any Error)?) {
        judge = { ($0 as? Value).flatMap(error) }
    }

    /// The error that a value stands for.
    public func error(for value: some Any) -> (any Error)? {
        judge(value)
    }
}

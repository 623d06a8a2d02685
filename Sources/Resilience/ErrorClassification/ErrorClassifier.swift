/// Decides which errors are worth another attempt, and which a circuit breaker counts.
public struct ErrorClassifier: Sendable {
    private let retryable: @Sendable (any Error) -> Bool

    /// A classifier of one's own.
    public init(isRetryable: @escaping @Sendable (any Error) -> Bool) {
        retryable = isRetryable
    }

    /// The guide's: HTTP 408, 429, 500, 502, 503 and 504, connection and timeout errors, as told by
    /// ``ClassifiedError``; any other error is not retryable.
    public static let standard = ErrorClassifier.classes(\.isTransient)

    /// Retries the classes that `isRetryable` accepts, as told by ``ClassifiedError``; any other
    /// error is not retryable.
    public static func classes(
        _ isRetryable: @escaping @Sendable (ErrorClass) -> Bool
    ) -> ErrorClassifier {
        ErrorClassifier { error in
            (error as? any ClassifiedError).map { isRetryable($0.errorClass) } ?? false
        }
    }

    /// Whether another attempt may succeed.
    public func isRetryable(_ error: any Error) -> Bool {
        retryable(error)
    }
}

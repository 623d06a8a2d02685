/// Decides which errors are retried, and what they say about the service.
public struct ErrorClassifier: Sendable {
    /// What an error says about the service. A circuit breaker uses it.
    public enum Meaning: Equatable, Hashable, Sendable, CaseIterable {
        /// The service failed.
        case failure
        /// The service worked; the error is a regular answer.
        case success
        /// The caller was wrong, which says nothing about the service. A breaker counts the call as
        /// ignored.
        case neither
    }

    private let retryable: @Sendable (any Error) -> Bool
    private let meaning: @Sendable (any Error) -> Meaning

    /// Creates a classifier. A retryable error is a failure of the service; any other error says
    /// nothing about it.
    public init(isRetryable: @escaping @Sendable (any Error) -> Bool) {
        self.init(isRetryable: isRetryable) { isRetryable($0) ? .failure : .neither }
    }

    /// Creates a classifier.
    ///
    /// - Parameters:
    ///   - isRetryable: whether another attempt may succeed.
    ///   - meaning: what an error says about the service.
    public init(
        isRetryable: @escaping @Sendable (any Error) -> Bool,
        meaning: @escaping @Sendable (any Error) -> Meaning
    ) {
        retryable = isRetryable
        self.meaning = meaning
    }

    /// The guide's classifier. Retries HTTP 408, 429, 500, 502, 503 and 504, connection errors and
    /// time-outs, as reported by ``ClassifiedError``, and all errors that are not classified.
    public static let standard = ErrorClassifier { error in
        (error as? any ClassifiedError)?.errorClass.isTransient ?? true
    }

    /// The behaviour of strategies without a classifier. All errors are retryable, and all are
    /// failures of the service except those of the caller (``ErrorClass/isCallersFault``).
    static let everything = ErrorClassifier(isRetryable: { _ in true }) { error in
        let isCallersFault = (error as? any ClassifiedError)?.errorClass.isCallersFault ?? false
        return isCallersFault ? .neither : .failure
    }

    /// Creates a classifier that retries the classes that `isRetryable` accepts, as reported by
    /// ``ClassifiedError``. All other errors are not retryable.
    public static func classes(
        _ isRetryable: @escaping @Sendable (ErrorClass) -> Bool
    ) -> ErrorClassifier {
        ErrorClassifier { error in
            (error as? any ClassifiedError).map { isRetryable($0.errorClass) } ?? false
        }
    }

    /// Returns whether another attempt may succeed.
    public func isRetryable(_ error: any Error) -> Bool {
        retryable(error)
    }

    /// Returns what the error says about the service.
    public func meaning(of error: any Error) -> Meaning {
        meaning(error)
    }
}

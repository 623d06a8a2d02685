/// Decides which errors are worth another attempt, and what they say about the service.
public struct ErrorClassifier: Sendable {
    /// What an error says about the service, to a circuit breaker.
    public enum Meaning: Equatable, Hashable, Sendable, CaseIterable {
        /// The service failed.
        case failure
        /// The service did what it should; the error is an answer like others.
        case success
        /// Nothing: the caller was wrong. A breaker counts it as ignored only.
        case neither
    }

    private let retryable: @Sendable (any Error) -> Bool
    private let meaning: @Sendable (any Error) -> Meaning

    /// A classifier of one's own. An error that is worth another attempt is a failure of the service,
    /// any other says nothing about it.
    public init(isRetryable: @escaping @Sendable (any Error) -> Bool) {
        self.init(isRetryable: isRetryable) { isRetryable($0) ? .failure : .neither }
    }

    /// A classifier of one's own.
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

    /// The guide's: retries HTTP 408, 429, 500, 502, 503 and 504, connection and timeout errors, as
    /// told by ``ClassifiedError``, and each error that does not say what it is.
    public static let standard = ErrorClassifier { error in
        (error as? any ClassifiedError)?.errorClass.isTransient ?? true
    }

    /// Every error is worth another attempt, and all but the caller's own faults
    /// (``ErrorClass/isCallersFault``) are failures of the service: what strategies do without a
    /// classifier.
    static let everything = ErrorClassifier(isRetryable: { _ in true }) { error in
        let isCallersFault = (error as? any ClassifiedError)?.errorClass.isCallersFault ?? false
        return isCallersFault ? .neither : .failure
    }

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

    /// What the error says about the service.
    public func meaning(of error: any Error) -> Meaning {
        meaning(error)
    }
}

/// The kind of failure that an error represents; from the guide's lists of retryable and permanent
/// errors.
public enum ErrorClass: Equatable, Hashable, Sendable {
    /// An HTTP response with a status that is not a success.
    case http(status: Int)
    /// The connection could not be made, or broke.
    case connection
    /// No answer arrived in time.
    case timeout
    /// The service requested fewer calls.
    case rateLimited
    /// A resource is temporarily unavailable, such as a locked row or a restarting service.
    case unavailable
    /// A part of the operation succeeded.
    case partial
    /// The credentials are wrong.
    case authentication
    /// The caller lacks the permission.
    case authorisation
    /// The request is malformed.
    case invalidInput
    /// A rule of the business domain forbids the request.
    case businessRule
    /// The requested item does not exist.
    case notFound
    /// A model could not be loaded; retried only in the guide's context `ml_model`.
    case modelLoading
    /// The inference of a model failed; retried only in the guide's context `ml_model`.
    case inference
    /// Any other error; unknown whether it is temporary.
    case other

    /// The HTTP statuses that the guide retries.
    public static let retryableStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    /// Whether the same request may succeed later.
    public var isTransient: Bool {
        switch self {
        case .http(let status): Self.retryableStatuses.contains(status)
        case .connection, .timeout, .rateLimited, .unavailable, .partial, .other: true
        case .authentication, .authorisation, .invalidInput, .businessRule, .notFound,
            .modelLoading, .inference:
            false
        }
    }

    /// Whether the request was wrong and not the service: HTTP 4xx except 408 and 429, and the
    /// classes of wrong credentials, input and rules.
    public var isCallersFault: Bool {
        switch self {
        case .http(let status):
            (400..<500).contains(status) && !Self.retryableStatuses.contains(status)
        case .authentication, .authorisation, .invalidInput, .businessRule, .notFound: true
        case .connection, .timeout, .rateLimited, .unavailable, .partial, .modelLoading,
            .inference, .other:
            false
        }
    }
}

/// An error that reports its class.
public protocol ClassifiedError: Error {
    /// The class of the error.
    var errorClass: ErrorClass { get }

    /// A short, stable name for counters, such as `TimeoutError` or `HTTP 503`.
    var errorType: String { get }

    /// The time at which the service asks to be called again; `nil`, the default, if it does not
    /// say.
    var retryAfter: RetryAfter? { get }
}

extension ClassifiedError {
    /// `nil`: the service requested no wait.
    public var retryAfter: RetryAfter? { nil }

    /// `HTTP` and the status if there is one, otherwise the Swift type's name.
    public var errorType: String {
        if case .http(let status) = errorClass { "HTTP \(status)" } else { "\(Self.self)" }
    }
}

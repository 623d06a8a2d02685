/// What kind of failure an error is; from the guide's lists of when to retry and when not.
public enum ErrorClass: Equatable, Hashable, Sendable {
    /// An HTTP response with a status that is not a success.
    case http(status: Int)
    /// The connection could not be made, or broke.
    case connection
    /// An answer did not come in time.
    case timeout
    /// The service asked to be called less often.
    case rateLimited
    /// A resource is taken for a moment, such as a locked row or a restarting service.
    case unavailable
    /// Part of the operation succeeded.
    case partial
    /// Credentials are wrong.
    case authentication
    /// The caller may not do this.
    case authorisation
    /// The request is malformed.
    case invalidInput
    /// The domain's own rules forbid it.
    case businessRule
    /// There is no such thing.
    case notFound
    /// A model could not be loaded; worth another attempt only in the guide's context `ml_model`.
    case modelLoading
    /// A model failed to answer; worth another attempt only in the guide's context `ml_model`.
    case inference
    /// Anything else: nobody knows whether it passes.
    case other

    /// The HTTP statuses that the guide retries.
    public static let retryableStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    /// Whether the same request may succeed a little later.
    public var isTransient: Bool {
        switch self {
        case .http(let status): Self.retryableStatuses.contains(status)
        case .connection, .timeout, .rateLimited, .unavailable, .partial, .other: true
        case .authentication, .authorisation, .invalidInput, .businessRule, .notFound,
            .modelLoading, .inference:
            false
        }
    }

    /// Whether the request was wrong, and not the service: HTTP 4xx but 408 and 429, and the classes
    /// of wrong credentials, input and rules.
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

/// An error that knows what kind of failure it is.
public protocol ClassifiedError: Error {
    /// What kind of failure it is.
    var errorClass: ErrorClass { get }

    /// A short, stable name for counting, such as `TimeoutError` or `HTTP 503`.
    var errorType: String { get }

    /// When the service asks to be called again; `nil`, the default, where it does not say.
    var retryAfter: RetryAfter? { get }
}

extension ClassifiedError {
    /// Nothing was asked for.
    public var retryAfter: RetryAfter? { nil }

    /// `HTTP` and the status where there is one, else the Swift type's name.
    public var errorType: String {
        if case .http(let status) = errorClass { "HTTP \(status)" } else { "\(Self.self)" }
    }
}

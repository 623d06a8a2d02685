/// A result and its source.
public struct FallbackResult<Success> {
    /// The source of a result.
    public enum Source: Equatable, Sendable {
        /// The primary operation.
        case primary
        /// The fallback, because the primary failed.
        case fallback
        /// A cached result of the primary with its age, because both failed.
        case cache(age: Duration)
    }

    /// The result.
    public let value: Success
    /// The source of the result.
    public let source: Source

    @usableFromInline
    init(_ value: Success, from source: Source) {
        self.value = value
        self.source = source
    }
}

extension FallbackResult: Equatable where Success: Equatable {}
extension FallbackResult: Sendable where Success: Sendable {}

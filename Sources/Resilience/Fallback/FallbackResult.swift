/// A result, and where it came from.
public struct FallbackResult<Success> {
    /// Where a result came from.
    public enum Source: Equatable, Sendable {
        /// The primary operation.
        case primary
        /// The fallback, because the primary failed.
        case fallback
        /// An earlier result of the primary, so old, because both failed.
        case cache(age: Duration)
    }

    /// The result.
    public let value: Success
    /// Where it came from.
    public let source: Source

    @usableFromInline
    init(_ value: Success, from source: Source) {
        self.value = value
        self.source = source
    }
}

extension FallbackResult: Equatable where Success: Equatable {}
extension FallbackResult: Sendable where Success: Sendable {}

/// An invalid value of a policy: the field, its bounds, and the value.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The field, such as `RetryPolicy.maxAttempts`.
    public let field: String
    /// The bounds, as text.
    public let expected: String
    /// The value that was given.
    public let got: String

    /// One sentence with field, bounds and value.
    public var description: String {
        "\(field) must be \(expected), not \(got)"
    }

    static func require(
        _ condition: Bool, _ field: String, _ expected: String, got: some Any
    ) throws(PolicyError) {
        guard condition else {
            throw PolicyError(field: field, expected: expected, got: "\(got)")
        }
    }
}

/// Creates a policy from literal values. An invalid value is a programming error and traps with the
/// reason.
func literal<Made>(_ make: @autoclosure () throws(PolicyError) -> Made) -> Made {
    do {
        return try make()
    } catch {
        preconditionFailure(error.description)
    }
}

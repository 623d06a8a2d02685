/// A policy that makes no sense: which field, what it must be, and what it was.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The field, such as `RetryPolicy.maxAttempts`.
    public let field: String
    /// The bounds, in words.
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

/// What is made of a policy's numbers that stand in the program: one that makes no sense is a mistake of
/// the program, which ends with the reason.
func literal<Made>(_ make: @autoclosure () throws(PolicyError) -> Made) -> Made {
    do {
        return try make()
    } catch {
        preconditionFailure(error.description)
    }
}

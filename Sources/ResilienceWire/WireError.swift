/// The reason why a line was refused, in terms that its sender can act on.
///
/// Texts from the line are shortened and safe to show (see ``SafeText``). Offsets are in bytes from
/// the line's start.
public enum WireError: Error, Equatable, Sendable {
    /// The line is not JSON, or its nesting is too deep.
    case syntax(expected: String, found: String, offset: Int)
    /// A required field is absent; `field` is a path such as `breaker.state`.
    case missing(field: String, type: String)
    /// A field is of the wrong type, out of range or too long.
    case unfit(field: String, type: String, expected: String, found: String, offset: Int)
    /// The line is empty.
    case emptyLine
    /// A line has more than `limit` bytes; the connection cannot be used any more.
    case lineTooLong(limit: Int)
}

extension WireError: CustomStringConvertible {
    /// One sentence: what was expected, what came, and where.
    public var description: String {
        switch self {
        case .syntax(let expected, let found, let offset):
            "not a line of the protocol: expected \(expected), found \(found) at byte \(offset)"
        case .missing(let field, let type):
            type.isEmpty
                ? "the field \"\(field)\" is missing"
                : "the field \"\(field)\" of the \"\(type)\" line is missing"
        case .unfit(let field, let type, let expected, let found, let offset):
            type.isEmpty
                ? "the field \"\(field)\" must be \(expected); found \(found) at byte \(offset)"
                : """
                the field "\(field)" of the "\(type)" line must be \(expected); \
                found \(found) at byte \(offset)
                """
        case .emptyLine:
            "the line is empty; expected one JSON object a line"
        case .lineTooLong(let limit):
            "the line is longer than \(limit) bytes with its newline"
        }
    }
}

extension WireError {
    /// Returns the same error with the field's path extended by the object or array around it.
    func inside(_ outer: String) -> WireError {
        switch self {
        case .missing(let field, let type):
            .missing(field: join(outer, field), type: type)
        case .unfit(let field, let type, let expected, let found, let offset):
            .unfit(
                field: join(outer, field), type: type, expected: expected, found: found,
                offset: offset)
        case .syntax, .emptyLine, .lineTooLong: self
        }
    }

    /// Returns the same error with the type of the line.
    func inLine(ofType type: String) -> WireError {
        switch self {
        case .missing(let field, _):
            .missing(field: field, type: type)
        case .unfit(let field, _, let expected, let found, let offset):
            .unfit(
                field: field, type: type, expected: expected, found: found, offset: offset)
        case .syntax, .emptyLine, .lineTooLong: self
        }
    }

    private func join(_ outer: String, _ field: String) -> String {
        field.isEmpty || field.hasPrefix("[") ? outer + field : "\(outer).\(field)"
    }
}

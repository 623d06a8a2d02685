import ResilienceWire

/// An error in a file that a person wrote, with its place. The message is safe to show, whatever
/// the file and its name contain.
public struct SettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of errors.
    public enum Problem: Sendable, Hashable {
        /// The file is not YAML.
        case syntax(String)
        /// The key is not known in this kind of file.
        case unknownKey(String, expected: [String])
        /// The key occurs twice.
        case duplicateKey(String)
        /// A required key is missing.
        case missingKey(String)
        /// The value is of the wrong kind.
        case invalidValue(key: String, value: String, expected: String)
        /// Another error, in words.
        case other(String)
        /// The file is too large or nested too deep.
        case tooLarge(String)
    }

    /// The file's name as given, safe to show.
    public let file: String
    /// The line, counted from 1.
    public let line: Int
    /// The problem.
    public let problem: Problem

    /// Creates an error at a place.
    public init(file: String, line: Int, problem: Problem) {
        self.file = SafeText.sanitise(file)
        self.line = line
        self.problem = problem
    }

    /// The error as `file:line: message`.
    public var description: String {
        let words =
            switch problem {
            case .syntax(let message): "not YAML: \(message)"
            case .unknownKey(let key, let expected):
                "unknown key \(key), expected one of: \(expected.joined(separator: ", "))"
            case .duplicateKey(let key): "the key \(key) stands twice"
            case .missingKey(let key): "the key \(key) is missing"
            case .invalidValue(let key, let value, let expected):
                "\(key): expected \(expected), found \(value)"
            case .other(let words): words
            case .tooLarge(let limit): "too large: \(limit)"
            }
        return "\(file):\(line): \(SafeText.sanitise(words))"
    }
}

import ResilienceWire

/// What is wrong with a file that a person wrote, and where. Its words are safe to show, whatever is in
/// the file and in its name.
public struct SettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of mistakes.
    public enum Problem: Sendable, Hashable {
        /// The file is not YAML.
        case syntax(String)
        /// A key that such files do not have.
        case unknownKey(String, expected: [String])
        /// A key stands twice.
        case duplicateKey(String)
        /// A key that is needed is not there.
        case missingKey(String)
        /// A value of another kind.
        case invalidValue(key: String, value: String, expected: String)
        /// Another mistake, in words.
        case other(String)
        /// The file is larger or deeper than such a file can be.
        case tooLarge(String)
    }

    /// The file as it was named, safe to show.
    public let file: String
    /// The line, counted from 1.
    public let line: Int
    /// What is wrong.
    public let problem: Problem

    /// A mistake at a place.
    public init(file: String, line: Int, problem: Problem) {
        self.file = SafeText.sanitise(file)
        self.line = line
        self.problem = problem
    }

    /// The mistake as `file:line: words`.
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

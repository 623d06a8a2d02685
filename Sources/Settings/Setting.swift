import Yams

/// A value in a YAML file that a person wrote. Reading is strict: anything unexpected is an error
/// with the file, the line and what was expected.
public struct Setting {
    /// The file's name for error messages.
    private let file: String
    /// The keys that lead to this value, joined by dots; at the top, the kind of file.
    private let name: String
    private let isTop: Bool
    private let node: Node

    private init(file: String, name: String, isTop: Bool = false, node: Node) {
        self.file = file
        self.name = name
        self.isTop = isTop
        self.node = node
    }

    private static let sizeLimit = 65_536

    /// Reads the top value of a file; `nil` if the file is empty.
    ///
    /// - Parameters:
    ///   - yaml: the text, at most 64 KiB.
    ///   - file: the file's name, for error messages.
    ///   - name: the kind of file, such as `theme`.
    public static func read(
        yaml: String, file: String, as name: String
    ) throws(SettingsError) -> Setting? {
        func tooLarge(_ limit: String) -> SettingsError {
            SettingsError(file: file, line: 1, problem: .tooLarge(limit))
        }
        guard yaml.utf8.count <= sizeLimit else { throw tooLarge("more than 64 KiB") }
        // The parser is recursive, so the nesting is limited; these files need only a few levels.
        let brackets = yaml.utf8.filter { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
        guard !yaml.contains("- - - -"), !yaml.contains("? ? ? ?"),
            brackets.count <= 512
        else { throw tooLarge("more than a few levels") }
        do {
            // Without resolver rules, every scalar stays as written and no pattern is compiled.
            return try Yams.compose(yaml: yaml, .basic).map {
                Setting(file: file, name: name, isTop: true, node: $0)
            }
        } catch let error as YamlError {
            let lines = yaml.utf8.count { $0 == UInt8(ascii: "\n") } + 1
            throw SettingsError(error, file: file, lines: lines)
        } catch {
            throw SettingsError(file: file, line: 1, problem: .syntax("\(error)"))
        }
    }

    /// Returns the entries of a mapping. Throws for a key that is not in `keys`; `nil` allows any
    /// key.
    public func entries(_ keys: [String]? = nil) throws(SettingsError) -> [String: Setting] {
        guard let mapping = node.mapping else { throw invalid("a mapping") }
        var entries: [String: Setting] = [:]
        for (key, value) in mapping {
            let key = Setting(file: file, name: name, node: key)
            let text = try key.word()
            if let keys, !keys.contains(text) { throw key.error(.unknownKey(text, expected: keys)) }
            let path = isTop ? text : "\(name).\(text)"
            entries[text] = Setting(file: file, name: path, node: value)
        }
        return entries
    }

    /// Returns the entries of a mapping like ``entries(_:)``, but passes an error for each unknown
    /// key to `report` and leaves the key out.
    public func entries(
        _ keys: [String], reporting report: (SettingsError) -> Void
    ) throws(SettingsError) -> [String: Setting] {
        var entries = try entries()
        guard let mapping = node.mapping else { return entries }
        for (key, _) in mapping {
            let key = Setting(file: file, name: name, node: key)
            guard let text = key.text, !keys.contains(text) else { continue }
            report(key.error(.unknownKey(text, expected: keys)))
            entries[text] = nil
        }
        return entries
    }

    /// Returns the items of a list.
    public func items() throws(SettingsError) -> [Setting] {
        guard let sequence = node.sequence else { throw invalid("a list") }
        return sequence.map { Setting(file: file, name: name, node: $0) }
    }

    /// Whether the value is a mapping.
    public var isMapping: Bool { node.mapping != nil }

    /// The first line of the value, counted from 1.
    public var line: Int { node.mark?.line ?? 1 }

    /// The value's text; `nil` for a mapping or a list.
    public var text: String? { node.scalar?.string }

    /// Returns the value's text; throws if it is empty.
    public func word() throws(SettingsError) -> String {
        guard let text, !text.isEmpty else { throw invalid("a word") }
        return text
    }

    /// Returns the value's text as `read` converts it; throws if that returns `nil`.
    ///
    /// - Parameter expected: what `read` accepts, for error messages.
    public func value<Value>(
        _ expected: String, _ read: (String) -> Value?
    ) throws(SettingsError) -> Value {
        guard let text, let value = read(text) else { throw invalid(expected) }
        return value
    }

    /// Returns the value of the text `true` or `false`; throws for any other text.
    public func bool() throws(SettingsError) -> Bool {
        try value("true or false") { ["true": true, "false": false][$0] }
    }

    /// Returns an error that says what was expected here.
    public func invalid(_ expected: String) -> SettingsError {
        let found = text ?? (isMapping ? "a mapping" : "a list")
        return error(.invalidValue(key: name, value: found, expected: expected))
    }

    /// Returns an error at this value.
    public func error(_ problem: SettingsError.Problem) -> SettingsError {
        SettingsError(file: file, line: line, problem: problem)
    }
}

extension SettingsError {
    fileprivate init(_ error: YamlError, file: String, lines: Int) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            // An error at the end of the file would have the line after the last one.
            self.init(file: file, line: min(mark.line, lines), problem: .syntax(problem))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.joined(separator: ", ")
            self.init(file: file, line: context.mark.line, problem: .duplicateKey(keys))
        default:
            self.init(file: file, line: 1, problem: .syntax("\(error)"))
        }
    }
}

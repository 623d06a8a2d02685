public import Settings

/// A theme read from a file, and all problems of the file.
public struct ThemeFile: Sendable {
    /// Finds a theme by name for `extends`; `nil` if there is none.
    public typealias Base = (String) throws(SettingsError) -> Theme?

    /// The file's name for error messages.
    public let file: String
    /// The parts of the theme that could be read.
    public let theme: Theme
    /// The problems of the file, in the order of its lines.
    public let problems: [SettingsError]
    /// The line of each role's look. Roles that the file does not set are absent.
    public let lines: [Role: Int]

    /// Reads a theme. Every unknown key is a problem.
    ///
    /// - Parameters:
    ///   - yaml: the text, at most 64 KiB.
    ///   - file: the file's name, for error messages.
    ///   - base: finds the theme that `extends` names; by default among the built-in themes.
    public init(
        yaml: String, file: String,
        base: @escaping Base = { (name) throws(SettingsError) in
            try Theme.shipped(named: name)
        }
    ) {
        var parser = ThemeParser(base: base)
        do throws(SettingsError) {
            guard let root = try Setting.read(yaml: yaml, file: file, as: "theme") else {
                throw SettingsError(file: file, line: 1, problem: .missingKey("name"))
            }
            try parser.read(root)
        } catch {
            parser.problems.append(error)
        }
        self.file = file
        theme = parser.theme
        problems = parser.problems.enumerated()
            .sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
            .map(\.element)
        lines = parser.lines
    }
}

extension Theme {
    /// Reads a theme like ``ThemeFile``, and throws the first of its problems.
    public static func load(
        yaml: String, file: String,
        base: @escaping ThemeFile.Base = { (name) throws(SettingsError) in
            try shipped(named: name)
        }
    ) throws(SettingsError) -> Theme {
        let read = ThemeFile(yaml: yaml, file: file, base: base)
        if let problem = read.problems.first { throw problem }
        return read.theme
    }
}

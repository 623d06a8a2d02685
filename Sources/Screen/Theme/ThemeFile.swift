public import Settings

/// A theme as a file says it, with everything that is wrong with the file.
public struct ThemeFile: Sendable {
    /// Finds the theme of that name, for `extends`; `nil` where there is none.
    public typealias Base = (String) throws(SettingsError) -> Theme?

    /// The file as errors name it.
    public let file: String
    /// What could be read of it.
    public let theme: Theme
    /// What is wrong with it, in the order of its lines.
    public let problems: [SettingsError]
    /// The line on which the look of a role stands; nothing for one that the file does not give.
    public let lines: [Role: Int]

    /// Reads a theme. Everything that a theme does not have is a problem.
    ///
    /// - Parameters:
    ///   - yaml: the text, at most 64 KiB.
    ///   - file: its name, for errors.
    ///   - base: finds the theme that `extends` names; the built-in ones by default.
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
    /// Reads a theme as ``ThemeFile`` does, and throws the first of its problems.
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

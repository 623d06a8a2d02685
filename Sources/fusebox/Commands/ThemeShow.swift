import ArgumentParser
import DashboardApp
import Glibc
import HostSupport
import Screen
import Settings
import Terminal

struct ThemeShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a sample of a theme in its colours.",
        discussion: """
            It uses the colours that the terminal has; plain text if standard output is not a \
            terminal. Examples:
              fusebox theme show gruvbox
              fusebox theme show ./mine.yaml --ascii
            """)

    @Argument(help: "The theme's name, or a file; such as gruvbox.")
    var name: String

    @Flag(help: "Print only ASCII; the default if the locale is not UTF-8.")
    var ascii = false

    func run() throws {
        let theme = try Themes().theme(nameOrFile: name)
        let sample = ThemeSample(theme, ascii: ascii || !Surroundings.isUTF8)
        let depth = Surroundings.colorDepth
        let isTerminal = isatty(STDOUT_FILENO) == 1
        for line in sample.lines {
            try StandardOutput.print(isTerminal ? theme.ansi(line, depth: depth) : line.text)
        }
    }
}

extension Themes {
    /// Loads a theme by its name, or from a path with a `/` or `.yaml` in it.
    func theme(nameOrFile: String) throws(Failure) -> Theme {
        guard nameOrFile.contains("/") || nameOrFile.hasSuffix(".yaml") else {
            return try load(nameOrFile)
        }
        let file = try file(at: nameOrFile)
        if let problem = file.problems.first { throw Failure(.refused, problem.description) }
        return file.theme
    }
}

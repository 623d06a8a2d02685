import ArgumentParser
import DashboardApp
import HostSupport
import ResilienceWire
import Screen

struct ThemeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theme", abstract: "Lists, shows and checks the dashboard's themes.",
        discussion: """
            Your own themes are NAME.yaml in ~/.config/fusebox/themes ($XDG_CONFIG_HOME). \
            Examples:
              fusebox theme list
              fusebox theme show gruvbox
              fusebox theme check mine.yaml
              fusebox --theme light
            """,
        subcommands: [ThemeList.self, ThemeShow.self, ThemeCheck.self],
        defaultSubcommand: ThemeList.self)
}

struct ThemeList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists all themes and their files.")

    func run() throws {
        let themes = Themes()
        let rows = themes.entries.map { entry in
            let background = (try? themes.file(entry.name).theme.background.rawValue) ?? "-"
            let name = SafeText.sanitise(entry.name)
            return switch entry.origin {
            case .shipped: [name, background, "shipped"]
            case .user(let path): [name, background, SafeText.sanitise(path)]
            }
        }
        try StandardOutput.print(TextTable.text(header: ["NAME", "BACKGROUND", "FROM"], rows))
    }
}

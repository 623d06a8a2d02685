package import Dashboard
package import HostSupport
package import Screen

/// The appearance of the dashboard: theme, glyphs and view, with notices about files that could not be used.
package struct DisplaySettings {
    package let themes: Themes
    /// The content of `config.yaml`; the defaults if the file has an error.
    package private(set) var config = Config()
    package private(set) var theme = Theme.default
    package let ascii: Bool
    /// The file that stores the view between sessions; `nil` in a demo.
    package let file: ViewFile?
    /// The theme that the operator chose in the dashboard, now or in the last session.
    package private(set) var chosen: String?
    /// The view of the last session.
    package private(set) var view = SavedView()
    private var kept = ViewFile.Content()
    /// Messages to show once at the start. None of them prevents the start.
    package private(set) var notices: [String] = []

    /// Chooses the theme: the argument, else `config.yaml`, else the theme of the last session.
    ///
    /// - Parameters:
    ///   - name: the theme of the command line; an unknown name is an error.
    ///   - ascii: whether to draw with ASCII characters only.
    ///   - file: the view of the last session; a missing theme or a damaged file becomes a notice.
    ///   - config: the path of `config.yaml`; an error in it becomes a notice.
    package init(
        theme name: String?, ascii: Bool = false, file: ViewFile? = nil,
        themes: Themes = Themes(), config: String = Config.path(isSystem: false)
    ) throws(Failure) {
        self.themes = themes
        self.ascii = ascii
        self.file = file
        if let file {
            let loaded = file.load()
            kept = loaded.content
            (view, chosen) = (loaded.content.view, loaded.content.theme)
            notices += loaded.notice.map { [$0] } ?? []
        }
        if let name { theme = try themes.load(name) }
        do throws(Failure) {
            self.config = try Config.load(config)
            guard name == nil else { return }
            if let choice = self.config.theme {
                theme = try Self.load(choice, themes)
            } else if let chosen {
                theme = try themes.load(chosen)
            }
        } catch {
            notices.append(error.message)
        }
    }

    /// The names of all themes.
    package var names: [String] { themes.entries.map(\.name) }

    /// Switches to another theme.
    ///
    /// - Throws: ``Failure`` with a message for the operator if the theme does not exist.
    package mutating func choose(_ name: String) throws(Failure) {
        theme = try themes.load(name)
        chosen = name
    }

    /// Stores the view if it has changed.
    package mutating func keep(_ view: SavedView) {
        let content = ViewFile.Content(view: view, theme: chosen)
        guard content != kept else { return }
        kept = content
        file?.keep(content)
    }

    private static func load(_ choice: ThemeChoice, _ themes: Themes) throws(Failure) -> Theme {
        do throws(Failure) {
            return try themes.load(choice.name)
        } catch {
            throw Failure(.refused, "\(choice.file):\(choice.line): theme: \(error.message)")
        }
    }
}

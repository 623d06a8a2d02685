package import Dashboard
package import HostSupport
package import Screen

/// How a dashboard looks, and what was wrong with what was wished.
package struct Look {
    package let themes: Themes
    /// The user's wishes; those from the start where their file is wrong.
    package private(set) var config = Config()
    package private(set) var theme = Theme.default
    package let ascii: Bool
    /// Where it is kept how the dashboard is looked at; nowhere in a demo.
    package let file: ViewFile?
    /// The theme that was chosen while the dashboard runs, now or the last time.
    package private(set) var chosen: String?
    /// How it was looked at the last time.
    package private(set) var view = SavedView()
    private var kept = ViewFile.Content()
    /// For people, once: the dashboard comes up all the same.
    package private(set) var notices: [String] = []

    /// The theme is the one that was asked for, else that of the config, else the remembered one.
    ///
    /// - Parameters:
    ///   - name: the theme that was asked for; one that is not there is an error.
    ///   - ascii: whether nothing but ASCII is drawn.
    ///   - file: how it was looked at the last time; a theme that is not there any more, and a file
    ///     that is damaged, are notices.
    ///   - config: the file of the user's wishes; a mistake in it is a notice.
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

    /// The names to choose from.
    package var names: [String] { themes.entries.map(\.name) }

    /// Looks otherwise from now on; a sentence for people where there is no such theme.
    package mutating func choose(_ name: String) throws(Failure) {
        theme = try themes.load(name)
        chosen = name
    }

    /// Keeps how it is looked at, if that is another way than before.
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

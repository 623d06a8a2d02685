import Foundation
import HostSupport
import Screen
import Sockets
import TestSupport
import Testing

@testable import DashboardApp

@Suite struct ThemesTests {
    /// Creates a directory of themes in a scratch directory.
    private func themes(_ scratch: Scratch, _ files: [String: String]) throws -> Themes {
        let themes = Themes(directory: scratch.file("config/fusebox/themes"))
        try FileManager.default.createDirectory(
            atPath: themes.directory, withIntermediateDirectories: true)
        for (name, yaml) in files {
            try Data(yaml.utf8).write(
                to: URL(fileURLWithPath: "\(themes.directory)/\(name).yaml"))
        }
        return themes
    }

    @Test func userThemesTakePrecedenceOverBuiltInOnes() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let themes = try themes(
            scratch,
            [
                "night": "name: night\nextends: light",
                "light": "name: light\nextends: light\nbackground: any",
            ])
        #expect(
            themes.entries.map(\.name)
                == Theme.shipped.filter { $0 != "light" } + ["light", "night"])
        #expect(themes.entries.last?.origin == .user("\(themes.directory)/night.yaml"))
        #expect(try themes.load("light").background == .any)
        #expect(try themes.load("night").background == .any)
        #expect(try themes.load("gruvbox") == Theme.shipped(named: "gruvbox"))
    }

    @Test func themeErrorsAreReportedAsText() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let themes = try themes(
            scratch,
            [
                "a": "name: a\nextends: b", "b": "name: b\nextends: a",
                "c": "name: c\nroles: { opn: {} }", "d": "name: d\nextends: c",
            ])
        func words(_ name: String) -> String {
            #expect(throws: Failure.self) { try themes.load(name) }?.message ?? ""
        }
        #expect(words("none").hasPrefix("unknown theme none, expected one of: default, light"))
        #expect(words("../a").hasPrefix("unknown theme ../a, expected"))
        #expect(words("a") == "\(themes.directory)/b.yaml:2: no theme a to extend")
        #expect(words("c").hasPrefix("\(themes.directory)/c.yaml:2: unknown key opn"))
        #expect(words("d").hasPrefix("\(themes.directory)/c.yaml:2: unknown key opn"))
    }

    @Test func themeIsTakenFromOptionThenConfigThenMemory() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let themes = try themes(scratch, [:])
        let config = try scratch.configure("# mine\ntheme: monochrome\n")
        func look(_ name: String?, _ remembered: String? = nil) throws -> DisplaySettings {
            let file = remembered.map { name in
                let file = ViewFile(in: scratch.file("state"))
                file.keep(ViewFile.Content(theme: name))
                file.finish()
                return file
            }
            return try DisplaySettings(theme: name, file: file, themes: themes, config: config)
        }
        #expect(try look("light", "gruvbox").theme.name == "light")
        #expect(try look(nil, "gruvbox").theme.name == "monochrome")
        _ = try scratch.configure("metrics: :9464\n")
        #expect(try look(nil, "gruvbox").theme.name == "gruvbox")
        #expect(try look(nil).theme == .default)
        let gone = try look(nil, "nope")
        #expect(gone.theme == .default)
        #expect(gone.notices.first?.hasPrefix("unknown theme nope, expected one of") == true)
        #expect(throws: Failure.self) { try look("nope") }
        var chosen = try look(nil)
        try chosen.choose("high-contrast")
        #expect(chosen.theme.name == "high-contrast")
        #expect(throws: Failure.self) { try chosen.choose("nope") }
        #expect(chosen.theme.name == "high-contrast")
    }

    @Test(arguments: [
        ("a: 1\ntheme: light", ":1: unknown key a"),
        ("alerts: []\ntheme: nope", ":2: theme: unknown theme nope, expected one of: default"),
    ])
    func themeErrorOfTheConfigIsANotice(yaml: String, words: String) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let config = try scratch.configure(yaml)
        let look = try DisplaySettings(
            theme: nil, themes: try themes(scratch, [:]), config: config)
        #expect(look.theme == .default)
        #expect(look.notices.count == 1)
        #expect(look.notices.first?.hasPrefix(config + words) == true)
    }

    @Test func themesAreListedShownAndChecked() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let themes = try themes(
            scratch,
            [
                "night":
                    "name: night\nextends: default\nroles:\n  ok: { fg: \"#00ff00\" }\n  okay: {}"
            ])
        let environment = ["XDG_CONFIG_HOME": scratch.file("config"), "LC_ALL": "C.UTF-8"]
        let list = try await Tool.run("theme", "list", environment: environment)
        #expect(list.status == 0)
        #expect(list.output.contains(/gruvbox +dark +shipped/))
        #expect(list.output.contains("\(themes.directory)/night.yaml"))

        let shown = try await Tool.run("theme", "show", "gruvbox", environment: environment)
        #expect(shown.status == 0)
        #expect(shown.output.contains("○ OPEN 22s"))
        #expect(shown.output.contains(/half_open +sample 99.1% +#fabd2f 214/))
        #expect(!shown.output.contains("\u{1B}"))
        let ascii = try await Tool.run(
            "theme", "show", "gruvbox", environment: ["LC_ALL": "C"])
        #expect(ascii.output.utf8.allSatisfy { $0 < 128 })

        let all = try await Tool.run("theme", "check", environment: environment)
        #expect(all.status == 0, "\(all.output)")
        for name in Theme.shipped { #expect(all.output.contains("themes/\(name).yaml: ok")) }

        let file = "\(themes.directory)/night.yaml"
        let checked = try await Tool.run("theme", "check", file, environment: environment)
        #expect(checked.status == 1)
        #expect(checked.errors == "fusebox: 2 findings\n")
        #expect(checked.output.contains("\(file):5: unknown key okay, expected one of: text"))
        #expect(checked.output.contains("\(file):4: ok: contrast 1.37 against white"))

        let wrong = try await Tool.run(
            "demo", "--theme", "nope", "--socket-dir", scratch.sockets.path)
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("unknown theme nope, expected one of: default, light"))
    }
}

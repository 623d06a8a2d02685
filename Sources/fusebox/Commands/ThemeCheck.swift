import ArgumentParser
import DashboardApp
import HostSupport
import Screen

struct ThemeCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a theme: errors, contrast, and colour blindness.",
        discussion: """
            Reports as FILE:LINE: unknown keys; roles whose contrast with the theme's \
            background is under 4.5:1 (WCAG 2.1; 'any' is black and white); states that have the \
            same bold, underline and reverse and whose colours are less than 10 apart \
            (CIEDE2000) with protanopia, deuteranopia or tritanopia (simulated after Machado et \
            al. 2009); states with the same glyph. Without a file it checks all themes of the \
            program. The exit status is 1 if there is a finding. Examples:
              fusebox theme check
              fusebox theme check ~/.config/fusebox/themes/mine.yaml
            """)

    @Argument(help: "Files of themes, such as mine.yaml.")
    var files: [String] = []

    func run() throws {
        let themes = Themes()
        let read =
            files.isEmpty
            ? Theme.shipped.compactMap { name in
                Theme.source(of: name).map { ThemeFile(yaml: $0, file: "themes/\(name).yaml") }
            } : try files.map { try themes.file(at: $0) }
        var count = 0
        for file in read {
            let findings = file.findings
            count += findings.count
            try StandardOutput.print(ThemeReport.text(file, findings))
        }
        guard count > 0 else { return }
        throw Failure(.refused, "\(count) finding\(count == 1 ? "" : "s")")
    }
}

import ArgumentParser
import Dashboard
import DashboardApp
import Fleet
import HostSupport
import Screen

/// Options that print one screen of the dashboard, as text or as an SVG image, without a terminal.
struct ScreenDumpOptions: ParsableArguments {
    @Option(help: "Print one screen of this size, such as 120x40, and end.")
    var dumpScreen: ScreenSize?

    @Flag(help: "With --dump-screen: an SVG image in the colours of the theme.")
    var svg = false

    func validate() throws {
        guard dumpScreen != nil || !svg else {
            throw ValidationError("--svg needs a size: --dump-screen 120x40 --svg")
        }
    }

    /// Prints the screen of a fleet.
    func printScreen(_ fleet: Fleet, _ state: State, _ looks: LookOptions) throws {
        guard let dumpScreen else { return }
        var state = state
        _ = update(&state, .resized(width: dumpScreen.width, height: dumpScreen.height))
        _ = update(&state, .fleet(fleet))
        _ = update(&state, .tick(at: fleet.at))
        let theme =
            svg ? try DisplaySettings(theme: looks.theme, ascii: looks.ascii).theme : .default
        let grid = render(state, glyphs: theme.glyphs(ascii: looks.ascii))
        if svg {
            try StandardOutput.write(Array(theme.svg(grid).utf8))
        } else {
            try StandardOutput.print(grid.text.joined(separator: "\n"))
        }
    }
}

/// The size of a screen: columns and rows, such as `120x40`.
struct ScreenSize: ExpressibleByArgument {
    let width: Int
    let height: Int

    init?(argument: String) {
        let parts = argument.split(separator: "x").map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1],
            (1...500).contains(width), (1...500).contains(height)
        else { return nil }
        self.width = width
        self.height = height
    }
}

import ArgumentParser
import Dashboard
import Foundation
import Recording
import Screen

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "The dashboard over a recording.",
        discussion: """
            Space pauses, '.' steps, '<' and '>' change the speed; actions on agents are off. Examples:
              fusebox replay incident.ndjson --speed 4
              fusebox replay incident.ndjson --dump-screen 120x40
            """)

    @Argument(help: "The recording; such as incident.ndjson.")
    var file: String

    @Option(help: "How many times as fast as it happened, 0.25 to 64.")
    var speed = 1.0

    @Option(help: "Print the screen at the recording's end, such as 120x40, and end.")
    var dumpScreen: ScreenSize?

    func validate() throws {
        guard (0.25...64).contains(speed) else {
            throw ValidationError("--speed must be 0.25 to 64, not \(speed)")
        }
    }

    func run() async throws {
        let reader: RecordingReader
        do throws(RecordingReader.Failed) {
            reader = try RecordingReader(path: file)
        } catch {
            throw Failure(.refused, error.description)
        }
        if let dumpScreen {
            try dump(reader, dumpScreen)
            return
        }
        guard Console.outputIsTerminal else {
            throw Failure(.refused, "a replay needs a terminal; or use --dump-screen 120x40")
        }
        let feed = ReplayFeed(path: file, speed: speed)
        let history = CommandHistory(in: StateDirectory.path)
        try await DashboardLoop.run(
            DashboardLoop.Subject(
                state: state(history.load()), feed: feed, history: history))
        if let damage = feed.damage { throw Failure(.damaged, "\(file): \(damage)") }
    }

    private func state(_ history: [String] = []) -> State {
        State(
            mode: .replay(file: (file as NSString).lastPathComponent, speed: speed), host: "",
            mayControl: false,
            themes: Theme.shipped, history: history, secondsAhead: LocalTime.secondsAhead,
            makeID: { "" })
    }

    private func dump(_ reader: RecordingReader, _ size: ScreenSize) throws {
        var state = state()
        _ = update(&state, .resized(width: size.width, height: size.height))
        var units = RecordingUnits(reader)
        while let unit = units.next() {
            _ = update(&state, .lines(unit.lines))
            _ = update(&state, .tick(at: unit.at))
        }
        Console.print(render(state, glyphs: .unicode).text.joined(separator: "\n"))
        if !reader.damage.isNone { throw Failure(.damaged, "\(file): \(reader.damage)") }
    }
}

/// `120x40`
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

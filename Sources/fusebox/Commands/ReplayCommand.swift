import ArgumentParser
import Dashboard
import DashboardApp
import Fleet
import Foundation
import HostSupport
import Recording
import ResilienceWire
import Screen

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Shows a recording on the dashboard.",
        discussion: """
            Space pauses, ',' and '.' step, '<' and '>' change the speed, :at TIME goes there; actions on agents are off. \
            Examples:
              fusebox replay incident.ndjson.zst --speed 4 --at 14:02
              fusebox replay incident.ndjson.zst --dump-screen 120x40 --at -5m --ascii
              fusebox replay incident.ndjson.zst --dump-screen 120x40 --svg > incident.svg
              fusebox replay incident.ndjson.zst --loop --theme light
              fusebox replay incident.ndjson.zst --json --from 14:02 --to 14:10 | jq .
            """)

    @OptionGroup var range: RecordedRange

    @Option(help: "Speed, as a multiple of real time: 0.25 to 64, or max.")
    var speed = SpeedArgument(factor: 1)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Start at this time: 14:02, 2026-08-01T14:02:31Z, +90s, -5m.",
            discussion: RecordingTime.help))
    var at: RecordingTime?

    @Flag(help: "Start again at the end.")
    var loop = false

    @OptionGroup var looks: LookOptions

    @OptionGroup var dump: ScreenDumpOptions

    @Flag(help: "Print its lines, which form a recording, and end.")
    var json = false

    func validate() throws {
        guard range.file != "-" || at == nil && !loop else {
            throw ValidationError(
                "--at and --loop need a file: standard input has no position by time")
        }
        guard json || (range.from == nil && range.to == nil) else {
            throw ValidationError("--from and --to require --json; a screen starts --at a time")
        }
    }

    func run() async throws {
        if json {
            try printLines()
        } else if dump.dumpScreen != nil {
            try printScreen()
        } else {
            try await show()
        }
    }

    private func show() async throws {
        guard range.file != "-" else {
            throw Failure(.refused, "standard input is read by --json or --dump-screen 120x40")
        }
        let recorded = try RecordingCursor.open(range.file)
        guard Console.hasScreen else {
            throw Failure(.refused, "a replay needs a terminal; or use --dump-screen 120x40")
        }
        let look = try DisplaySettings(theme: looks.theme, ascii: looks.ascii)
        let start = at?.time(in: recorded.times)
        let feed = ReplayFeed(speed: speed.factor, start: start, loops: loop) { [range] in
            [range.file]
        }
        let history = CommandHistory(in: StateDirectory.path)
        try await DashboardLoop.runForCommand(
            DashboardLoop.Subject(
                state: state(history.load(), themes: look.names), feed: feed, history: history),
            look)
        if let damage = feed.damage { throw Failure(.damaged, "\(range.file): \(damage)") }
    }

    private func state(_ history: [String] = [], themes: [String] = []) -> State {
        State(
            mode: .replay(file: (range.file as NSString).lastPathComponent, speed: speed.factor),
            host: "", mayControl: false, themes: themes, history: history,
            secondsAhead: LocalTime.secondsAhead, isTime: RecordingTime.isTime, makeID: { "" })
    }

    /// The screen at the recording's end, or at `--at`.
    private func printScreen() throws {
        let recorded = try RecordingCursor.open(range.file)
        let fleet = recorded.state(at: at?.time(in: recorded.times) ?? .max)
        try dump.printScreen(fleet, state(), looks)
        try recorded.throwIfDamaged(range.file)
    }

    private func printLines() throws {
        var bytes: [UInt8] = []
        func put(_ line: Line) throws {
            line.encode(into: &bytes)
            if bytes.count > 64 << 10 { try flush() }
        }
        func flush() throws {
            try StandardOutput.write(bytes)
            bytes = []
        }
        try range.read { fleet in
            try put(Line(at: fleet.at, .recording(RecordingHeader(fusebox: Program.version))))
            try fleet.keyframe(at: fleet.at).forEach(put)
        } _: { line in
            try put(line)
        } end: {
            try flush()
        }
    }
}

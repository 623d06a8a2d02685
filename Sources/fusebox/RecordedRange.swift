import ArgumentParser
import Fleet
import ResilienceWire

/// The part of a recording that a command is about.
struct RecordedRange: ParsableArguments {
    @Argument(help: "The recording, such as incident.ndjson.zst; - is standard input.")
    var file: String

    @Option(help: "From this time on: 14:02, 2026-08-01T14:02:31Z, +90s, -5m.")
    var from: TimeArgument?

    @Option(help: "Up to this time, such as 14:10.")
    var to: TimeArgument?

    func validate() throws {
        guard file != "-" || (from == nil && to == nil) else {
            throw ValidationError(
                "--from and --to need a file: in standard input nobody can go to a time")
        }
    }

    /// Its state at the beginning, then its lines, in order.
    ///
    /// - Parameters:
    ///   - begin: given the state at the beginning.
    ///   - body: given each line after that.
    ///   - end: called at the end, before what was damaged is complained of.
    func read(
        _ begin: (Fleet) -> Void, _ body: (Line) -> Void, end finish: () -> Void
    ) throws {
        let recorded = try Recorded(file)
        let end = to?.time(in: recorded.times) ?? .max
        // Without a beginning it is what the first keyframe tells.
        begin(recorded.state(at: from?.time(in: recorded.times) ?? .min))
        let times = recorded.times
        let last = max(times.lowerBound, min(end, times.upperBound))
        var progress = Progress("reading \(file)", over: times.lowerBound...last)
        while let line = recorded.next(), line.at ?? 0 <= end {
            body(line)
            progress.reach(line.at ?? 0)
        }
        finish()
        try recorded.complain(file)
    }
}

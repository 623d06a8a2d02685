import ArgumentParser
import DashboardApp
import Fleet
import Foundation
import Recording
import ResilienceWire

/// The options that select a part of a recording.
struct RecordedRange: ParsableArguments {
    @Argument(help: "The recording, such as incident.ndjson.zst; - is standard input.")
    var file: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "From this time on: 14:02, 2026-08-01T14:02:31Z, +90s, -5m.",
            discussion: RecordingTime.help))
    var from: RecordingTime?

    @Option(parsing: .unconditional, help: "Up to this time, such as 14:10.")
    var to: RecordingTime?

    func validate() throws {
        guard file != "-" || (from == nil && to == nil) else {
            throw ValidationError(
                "--from and --to need a file: standard input has no position by time")
        }
    }

    private func limits(in times: ClosedRange<Int64>) throws -> (from: Int64, to: Int64) {
        let limits = (from: from?.time(in: times) ?? .min, to: to?.time(in: times) ?? .max)
        guard limits.from <= limits.to else {
            throw ValidationError(
                "--from \(TimeText.date(limits.from)) is after --to \(TimeText.date(limits.to))")
        }
        guard limits.from <= times.upperBound, limits.to >= times.lowerBound else {
            throw ValidationError(
                "\(file) has no data of that time: it covers \(TimeText.date(times.lowerBound)) to "
                    + TimeText.date(times.upperBound))
        }
        return limits
    }

    /// Reads the state at the beginning of the part, then its lines in order.
    ///
    /// - Parameters:
    ///   - begin: called with the state at the beginning.
    ///   - body: called with each line after that.
    ///   - end: called at the end, before an error for damage is thrown.
    func read(
        _ begin: (Fleet) throws -> Void, _ body: (Line) throws -> Void,
        end finish: () throws -> Void
    ) throws {
        let recorded = try RecordingCursor.open(file)
        let (from, end) = try limits(in: recorded.times)
        // Without a beginning it is what the first keyframe tells.
        try begin(recorded.state(at: from))
        let times = recorded.times
        let last = max(times.lowerBound, min(end, times.upperBound))
        var progress = Progress("reading \(file)", over: times.lowerBound...last)
        while let line = recorded.next(), line.at ?? 0 <= end {
            try body(line)
            progress.reach(line.at ?? 0)
        }
        try finish()
        try recorded.throwIfDamaged(file)
    }
}

import ArgumentParser
import Attach
import Foundation
import Recording
import Sockets
import Synchronization

struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Records a running hub into a file.",
        discussion: """
            The recording is lines of JSON, which jq reads and 'fusebox replay' shows; with a name that \
            ends in .zst it is compressed, for zstdcat. A hub records by itself with --record-dir. Examples:
              fusebox record incident.ndjson.zst --for 10m
              fusebox record incident.ndjson
              fusebox record incident.ndjson.zst --json | jq .bytes
            """)

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The file to make, such as incident.ndjson.zst.")
    var file: String

    @Option(name: .customLong("for"), help: "End after this time, such as 30s.")
    var duration: DurationArgument?

    @Flag(
        help: "Replace names and words by stand-ins, such as agent-1, to pass the file on.")
    var scrub = false

    @Flag(help: "Print once a second how it stands, as lines of JSON.")
    var json = false

    func run() async throws {
        let (directory, hub) = try await connection.connect(as: .view)
        defer { hub.close() }
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let writer: RecordingWriter
        do throws(RecordingWriter.Failed) {
            writer = try RecordingWriter(path: file, fusebox: Fusebox.version, at: now)
        } catch {
            throw Failure(.refused, error.description)
        }
        let ending = Task {
            _ = await Signals().termination()
            hub.close()
        }
        if let duration {
            Task {
                try await Task.sleep(for: duration.duration)
                hub.close()
            }
        }
        let recording = StreamRecording(writer, scrubs: scrub)
        let (lost, report) = (LostLines(), json ? ProgressReport() : nil)
        try await recording.record(
            hub,
            began: { at in
                connection.sayWhatIsWrong(with: hub)
                if let report { return report.tell(recording.progress, at: at) }
                Console.error("recording \(directory) into \(file); interrupt to end")
            },
            until: { at in
                lost.look(at: recording.progress)
                report?.tell(recording.progress, at: at)
                return false
            })
        ending.cancel()
        let end = recording.progress
        let words = end.lost == 0 ? "" : ", \(end.lost) lines lost: the disk did not take them"
        Console.error("recorded \(end.lines) lines, \(end.bytes) bytes into \(file)\(words)")
        if end.lost > 0 { throw ExitCode(Failure.Code.refused.rawValue) }
    }

    /// Prints how a recording stands, at most once a second.
    private final class ProgressReport: Sendable {
        private let times = Mutex<(since: Int64, told: ContinuousClock.Instant)?>(nil)

        func tell(_ progress: RecordingProgress, at time: Int64) {
            let since = times.withLock { times -> Int64? in
                if let times, times.told.duration(to: .now) < .seconds(1) { return nil }
                let since = times?.since ?? time
                times = (since, .now)
                return since
            }
            guard let since else { return }
            var progress = progress
            (progress.since, progress.at) = (since, time)
            if let text = try? JSONText.line(progress) { Console.print(text) }
        }
    }
}

import ArgumentParser
import DashboardApp
import Foundation
import HostSupport
import HubClient
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
    var duration: DurationValue?

    @Flag(
        help: "Replace names and texts by placeholders, such as agent-1.")
    var scrub = false

    @Flag(help: "Print the progress once per second, as lines of JSON.")
    var json = false

    @Option(help: .hidden)
    var lasting: String?

    func validate() throws {
        guard duration?.milliseconds != 0 else {
            throw ValidationError("--for must be more than 0")
        }
    }

    func run() async throws {
        let (directory, hub) = try await connection.connect(as: .view)
        defer { hub.close() }
        connection.tellSilence(of: hub)
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let writer: RecordingWriter
        do throws(RecordingWriter.Failed) {
            writer = try RecordingWriter(path: file, fusebox: Program.version, at: now)
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
        let (lost, report) = (LostLines(), json ? ProgressReport(lasting: lasting) : nil)
        try await recording.record(
            hub,
            began: { progress in
                connection.sayWhatIsWrong(with: hub)
                if let report { return report.tell(progress) }
                Console.error("recording \(directory) into \(file); interrupt to end")
            },
            until: { progress in
                lost.look(at: progress)
                report?.tell(progress)
                return false
            })
        ending.cancel()
        let end = recording.progress
        let words = end.lost == 0 ? "" : ", \(end.lost) lines lost: the disk could not be written"
        Console.error("recorded \(end.lines) lines, \(end.bytes) bytes into \(file)\(words)")
        if end.lost > 0 { throw ExitCode(Failure.Code.refused.rawValue) }
    }

    /// Prints the progress of a recording, at most once a second.
    private final class ProgressReport: Sendable {
        private let told = Mutex<ContinuousClock.Instant?>(nil)
        /// The directory of the file with which a dashboard describes this recording.
        private let lasting: String?

        init(lasting: String?) {
            self.lasting = lasting
        }

        func tell(_ progress: RecordingProgress) {
            let isDue = told.withLock { told in
                if let told, told.duration(to: .now) < .seconds(1) { return false }
                told = .now
                return true
            }
            if isDue, progress.lost > 0, let lasting {
                DetachedRecording.tell(progress, in: lasting)
            }
            guard isDue, let text = try? JSONText.line(progress) else { return }
            StandardOutput.announce(text, waits: false)
        }
    }
}

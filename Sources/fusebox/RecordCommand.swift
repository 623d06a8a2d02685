import ArgumentParser
import Attach
import Foundation
import Recording
import Sockets

struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Records a running hub into a file.",
        discussion: """
            The recording is lines of JSON, which jq reads and 'fusebox replay' shows; with a name that \
            ends in .zst it is compressed, for zstdcat. A hub records by itself with --record-dir. Examples:
              fusebox record incident.ndjson.zst --for 10m
              fusebox record incident.ndjson
            """)

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The file to make, such as incident.ndjson.zst.")
    var file: String

    @Option(name: .customLong("for"), help: "End after this time, such as 30s.")
    var duration: DurationArgument?

    @Flag(
        help: "Replace names and words by stand-ins, such as agent-1, to pass the file on.")
    var scrub = false

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
        try await recording.record(
            hub,
            began: {
                connection.sayWhatIsWrong(with: hub)
                Console.error("recording \(directory) into \(file); interrupt to end")
            })
        ending.cancel()
        let (written, bytes, lost) = recording.counts
        let words = lost == 0 ? "" : ", \(lost) lines lost: the disk did not take them"
        Console.error("\(file): \(written) lines, \(bytes) bytes\(words)")
        if lost > 0 { throw ExitCode(Failure.Code.refused.rawValue) }
    }
}

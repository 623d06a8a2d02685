import ArgumentParser
import Attach
import Fleet
import Foundation
import Recording
import ResilienceWire
import Sockets

struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Records a running hub into a file.",
        discussion: """
            The recording is lines of JSON, which jq reads and 'fusebox replay' shows. Example:
              fusebox record incident.ndjson --for 10m
            """)

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The file to make; such as incident.ndjson.")
    var file: String

    @Option(name: .customLong("for"), help: "End after this time, such as 30s.")
    var duration: DurationArgument?

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
        Console.error("recording \(directory) into \(file); interrupt to end")
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
        try await StreamRecording.run(
            hub, into: writer, began: { connection.sayWhatIsWrong(with: hub) })
        ending.cancel()
        let lost = writer.lost == 0 ? "" : ", \(writer.lost) lines lost: the disk did not take them"
        Console.error("\(file): \(writer.written) lines, \(writer.bytes) bytes\(lost)")
        if writer.lost > 0 { throw ExitCode(Failure.Code.refused.rawValue) }
    }
}

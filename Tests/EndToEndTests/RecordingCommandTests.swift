import Fleet
import Foundation
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// Recordings in the commands: recorded, shown, cut and queried.
@Suite(.timeLimit(.minutes(2))) struct RecordingCommandTests {
    @Test func demoIsRecordedCompressedAndReported() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let demo = try scratch.demo()
        let file = scratch.file("r.ndjson.zst")
        let recording = try Running(
            Tool.path, ["record", file, "--socket-dir", scratch.sockets.path])
        _ = try recording.errors.readLine()
        let opened = try await Tool.run(
            "breaker", "open", "planner:llm/openai", "--for", "15m", "--yes", "--reason",
            "vendor down", "--socket-dir", scratch.sockets.path)
        #expect(opened.status == 0)
        // Waits for a line, so that the recording has been written on any machine.
        let viewer = try await scratch.viewer()
        let since = try await viewer.next { $0 == .keyframeEnd ? viewer.fleet.at : nil }
        try await viewer.wait { $0.at >= since + 3_000 }
        recording.signal(SIGINT)
        #expect(await recording.end() == 0)
        demo.signal(SIGTERM)
        _ = await demo.end()

        let end = try await Tool.run("report", file, "--from", "-0s")
        #expect(end.status == 0)
        let never = try await Tool.run("report", file, "--from", "2030-01-01T00:00:00Z")
        #expect(never.status == 64)
        #expect(never.errors.contains("has no data of that time: it covers "))
        let backwards = try await Tool.run("report", file, "--from", "+2s", "--to", "+1s")
        #expect(backwards.status == 64)

        let report = try await Tool.run("report", file)
        #expect(report.status == 0)
        #expect(report.output.contains("planner:llm/openai"))
        #expect(report.output.contains("opened it for 15m (vendor down): 3 acked"))

        let export = try await Tool.run("export", file, "--per", "1s")
        let rows = export.output.split(separator: "\n")
        #expect(rows.first?.hasPrefix("time,agent,instance,strategy,ok,") == true)
        #expect(rows.count > 10)
        #expect(rows.contains { $0.contains("forced_open") })

        let screen = try await Tool.run("replay", file, "--dump-screen", "120x40")
        #expect(screen.output.contains("FORCED"))
        let before = try await Tool.run("replay", file, "--dump-screen", "120x40", "--at", "+0s")
        #expect(!before.output.contains("FORCED"))

        // The part that is cut out is a valid recording.
        let part = try await Tool.run("replay", file, "--json", "--from", "+2s")
        let cut = scratch.file("part.ndjson")
        try Data(part.output.utf8).write(to: URL(fileURLWithPath: cut))
        let again = try await Tool.run("replay", cut, "--dump-screen", "120x40")
        #expect(again.output.contains("FORCED"))

        // Damage is reported, and the readable part is shown.
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        let damaged = scratch.file("damaged.ndjson.zst")
        try whole.prefix(whole.count - 10).write(to: URL(fileURLWithPath: damaged))
        let rest = try await Tool.run("export", damaged)
        #expect(rest.status == 6)
        #expect(rest.errors.contains("the file ends within a line or frame"))
        #expect(rest.output.split(separator: "\n").count > 10)
    }

    @Test func hubStartsARecordingAtEachStart() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let directory = scratch.file("recordings")
        for _ in 0..<2 {
            let hub = try scratch.hub("--record-dir", directory)
            let viewer = try await scratch.viewer()
            // The recorder is a viewer too: once it is connected, its file exists.
            try await viewer.wait { _ in
                (try? FileManager.default.contentsOfDirectory(atPath: directory))?.isEmpty == false
            }
            hub.signal(SIGTERM)
            #expect(await hub.end() == 0)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(files.count == 2)
        #expect(files.allSatisfy { $0.hasPrefix("fusebox-") && $0.hasSuffix("Z.ndjson.zst") })
    }

    @Test func timesInStandardInputAndInvalidTimesAreRefused() async throws {
        let input = try await Tool.run("export", "-", "--from", "14:02")
        #expect(input.status == 64)
        #expect(input.errors.contains("standard input has no position by time"))
        let missing = try await Tool.run("report", "/nonexistent")
        #expect(missing.errors == "fusebox: cannot read /nonexistent: No such file or directory\n")
        let wrong = try await Tool.run("replay", "x", "--at", "25:99")
        #expect(wrong.status == 64)
    }
}

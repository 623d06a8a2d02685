import DashboardApp
import Fleet
import Foundation
import Recording
import ResilienceWire
import Sockets
import TestSupport
import Testing

@testable import fusebox

/// A recording whose file is removed: it is reported within seconds, and a new file is started.
@Suite(.timeLimit(.minutes(2))) struct RemovedRecordingTests {
    @Test func recordReportsItsRemovedFileAndStartsANewOne() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        // A hub without agents sends no events; the removal is noticed anyway.
        let hub = try scratch.hub()
        let file = scratch.file("r.ndjson.zst")
        let recording = try Running(
            Tool.path, ["record", file, "--socket-dir", scratch.sockets.path])
        #expect(try recording.errors.readLine().hasPrefix("fusebox: recording "))
        unlink(file)
        #expect(
            try recording.errors.readLine()
                == "fusebox: the recording's file was removed or moved")
        #expect(
            try recording.errors.readLine()
                == "fusebox: the recording's file was removed or moved: a new file is started, "
                + "without the earlier lines")
        let screen = try await Tool.run("replay", file, "--json")
        #expect(screen.status == 0)
        #expect(screen.output.contains(#"{"t":"keyframe_end""#))
        recording.signal(SIGINT)
        #expect(await recording.end() == 0)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func hubReportsItsRemovedRecordingByAnAlertAndStartsANewOne() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let directory = scratch.file("recordings")
        let hub = try scratch.hub("--record-dir", directory)
        let viewer = try await scratch.viewer()
        func files() -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        }
        try await viewer.wait { _ in !files().isEmpty }
        for name in files() { unlink("\(directory)/\(name)") }
        var alerts: [Alert] = []
        try await viewer.wait { fleet in
            alerts = fleet.journal.compactMap { line in
                guard case .alert(let alert) = line.message, alert.rule == Alert.recordingRule
                else { return nil }
                return alert
            }
            return alerts.last?.firing == false
        }
        #expect(alerts.map(\.firing) == [true, false])
        #expect(alerts.last?.detail.contains("a new file is started") == true)
        #expect(files().count == 1)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
        let shown = try await Tool.run("replay", "\(directory)/\(files().first ?? "")", "--json")
        #expect(shown.status == 0)
        #expect(shown.output.contains(#"{"t":"keyframe_end""#))
    }
}

import Foundation
import TestSupport
import Testing

/// Times typed into a replay, in a zone other than UTC.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ReplayTimeTests {
    private static let zone = "Asia/Kolkata"

    @Test(.enabled(if: access("/usr/share/zoneinfo/\(zone)", R_OK) == 0))
    func typedTimesUseTheZoneOfTheClockOnTheScreen() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        // 2026-08-01T14:00:00Z, one minute.
        let start: Int64 = 1_785_592_800_000
        let lines = [
            #"{"t":"recording","v":1,"at":\#(start),"fusebox":"0.1.0"}"#,
            #"{"t":"keyframe","at":\#(start),"lines":0}"#,
            #"{"t":"keyframe_end","at":\#(start)}"#,
            #"{"t":"clock","at":\#(start + 60_000),"jump_ms":5000}"#,
        ]
        let file = scratch.file("r.ndjson")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
        let screen = try TmuxScreen(scratch)
        try screen.wait(for: "ready$")
        try screen.enter(
            "clear; TZ=\(Self.zone) \(Tool.path) replay \(file) --speed 0.25 "
                + "--at 19:30:10+05:30; echo \"ended $?\"")
        try screen.wait(for: "14:00:1")
        try screen.press("Space")
        try screen.wait(for: "PAUSED")
        for (typed, shown) in [
            (":at 14:00:20", "14:00:20Z"), (":utc", "19:30:20+05:30"),
            (":at 19:30:40", "19:30:40+05:30"), (":at 14:00:30Z", "19:30:30+05:30"),
            (":at 2026-08-01 19:30:50", "19:30:50+05:30"),
            (":at \(start + 5_000)", "19:30:05+05:30"), (":utc", "14:00:05Z"),
        ] {
            try screen.enter(typed)
            try screen.wait(for: shown)
        }
        try screen.press("q")
        try screen.wait(for: "ended 0")
    }
}

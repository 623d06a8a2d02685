import Foundation
import TestSupport
import Testing

/// The pictures of the documentation, drawn again from their recording.
@Suite struct PictureTests {
    @Test(arguments: ["default", "light"])
    func documentationPicturesMatchTheCurrentScreen(theme: String) async throws {
        let recording = Tool.root.appending(path: "Packaging/docs/incident.ndjson.zst").path
        let picture = Tool.root.appending(
            path: "Sources/Dashboard/Dashboard.docc/Resources/dashboard-\(theme).svg")
        let drawn = try await Tool.run(
            "replay", recording, "--dump-screen", "120x40", "--theme", theme, "--svg",
            environment: ["TZ": "UTC", "XDG_CONFIG_HOME": "/nonexistent"])
        #expect(drawn.status == 0)
        let kept = try String(contentsOf: picture, encoding: .utf8)
        #expect(drawn.output == kept, "'make docs' draws the pictures anew")
    }
}

import Dashboard
import Foundation
import Sockets
import TestSupport
import Testing

@testable import DashboardApp

@Suite(.serialized, .timeLimit(.minutes(1))) struct ViewFileTests {
    private let content = ViewFile.Content(
        view: SavedView(sort: "tries", isReversed: true, group: "target", filter: "state:open 漢"),
        theme: "gruvbox")

    @Test func viewFileIsPrivateAndReadByTheNextDashboard() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = ViewFile(in: scratch.file("deep/state"))
        #expect(file.load() == ViewFile.Loaded())
        file.keep(ViewFile.Content())
        file.keep(content)
        file.finish()
        #expect(ViewFile(in: scratch.file("deep/state")).load().content == content)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(file.path) == 0o600)
        #expect(try mode(scratch.file("deep/state")) == 0o700)
        // No temporary files are left.
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.file("deep/state"))
        #expect(files == ["view.json"])
    }

    @Test(arguments: [
        "", "{", "[]", "{\"view\":{}}", "\0\u{1}", String(repeating: " ", count: 70_000),
    ])
    func damagedViewFileIsReportedAndNotUsed(text: String) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = ViewFile(in: scratch.path)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
        #expect(file.load() == ViewFile.Loaded(notice: "\(file.path) is damaged and not used"))
    }

    @Test func unwritableViewFileDoesNoHarm() {
        let file = ViewFile(in: "/proc/none")
        file.keep(content)
        file.finish()
        #expect(file.load() == ViewFile.Loaded())
    }

    @Test func dashboardRestoresItsLastView() throws {
        let session = try TerminalSession("exec FUSEBOX watch HUB")
        defer { session.remove() }
        let screen = session.screen
        try screen.type("s")
        try screen.type("/openai")
        try screen.press("Enter")
        try screen.wait(for: "filter: openai")
        try screen.type(":theme gruvbox")
        try screen.press("Enter")
        try screen.wait("another background") { _ in screen.styledText.contains("48;5;234") }
        try screen.press("q")
        try session.ends(with: 0)
        let loaded = ViewFile(in: session.scratch.file("state/fusebox")).load()
        #expect(
            loaded.content
                == ViewFile.Content(
                    view: SavedView(sort: "name", filter: "openai"), theme: "gruvbox"))

        try screen.enter(
            "clear; \(Tool.path) watch --socket-dir \(session.scratch.sockets); echo \"left $?\"")
        try screen.wait(for: "the filter of the last session is active: openai")
        try screen.wait(for: "filter: openai")
        try screen.wait(for: "sort name")
        #expect(screen.styledText.contains("48;5;234"))
        try screen.press("q")
        // Keys typed while the dashboard restores the terminal are lost.
        try screen.wait(for: "left 0")
        try session.expectTheTerminalAsBefore()
    }
}

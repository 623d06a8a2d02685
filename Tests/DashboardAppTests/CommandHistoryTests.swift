import Foundation
import TestSupport
import Testing

@testable import DashboardApp

@Suite struct CommandHistoryTests {
    @Test func historyIsKeptForTheNextDashboard() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let history = CommandHistory(in: scratch.file("state"))
        #expect(history.load().isEmpty)
        history.keep("utc off")
        history.keep("errors HTTP 503")
        history.finish()
        #expect(CommandHistory(in: scratch.file("state")).load() == ["utc off", "errors HTTP 503"])
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch.file("state"))
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func twoDashboardsLoseNothingOfEachOther() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let (one, other) = (CommandHistory(in: scratch.path), CommandHistory(in: scratch.path))
        for index in 0..<100 { one.keep("agent a\(index)") }
        one.finish()
        other.keep("utc off")
        other.finish()
        one.keep("lock")
        one.keep("agent a99")
        one.finish()
        #expect(one.load().count == 100)
        #expect(one.load().suffix(4) == ["agent a98", "utc off", "lock", "agent a99"])
    }

    @Test func unwritableHistoryFileIsIgnored() {
        let history = CommandHistory(in: "/proc/none")
        history.keep("utc")
        history.finish()
        #expect(history.load().isEmpty)
    }
}

import Foundation
import TestSupport
import Testing

@testable import fusebox

@Suite struct CommandHistoryTests {
    @Test func whatIsKeptIsThereForTheNextDashboard() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let history = CommandHistory(in: scratch.file("state"))
        #expect(history.load().isEmpty)
        history.keep(["utc off"])
        history.keep(["utc off", "errors HTTP 503"])
        history.finish()
        #expect(CommandHistory(in: scratch.file("state")).load() == ["utc off", "errors HTTP 503"])
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch.file("state"))
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func twoDashboardsLoseNothingOfEachOther() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let (one, other) = (CommandHistory(in: scratch.path), CommandHistory(in: scratch.path))
        one.keep(["utc on"])
        one.finish()
        other.keep(["theme mono", "utc off"])
        other.finish()
        one.keep(["utc on", "lock"])
        one.finish()
        #expect(one.load() == ["theme mono", "utc off", "utc on", "lock"])
        one.keep((0..<100).map { "agent a\($0)" })
        one.finish()
        #expect(one.load().count == 100 && one.load().first == "agent a0")
    }

    @Test func aPlaceThatCannotBeWrittenIsNoHarm() {
        let history = CommandHistory(in: "/proc/none")
        history.keep(["utc"])
        history.finish()
        #expect(history.load().isEmpty)
    }
}

import Foundation
import ResilienceWire
import Sockets
import Testing

@testable import Hub

@Suite(.timeLimit(.minutes(1))) struct AlertCommandTests {
    @Test func commandRunsWithTheLimitOfOpenFilesThatItIsGiven() throws {
        let directory = TestHub.scratch()
        try directory.create()
        defer { try? FileManager.default.removeItem(atPath: directory.path) }
        let file = directory.path + "/limit"
        let command = try AlertCommand(
            "cat > /dev/null && ulimit -S -n > '\(file)'", Line(at: 0, .beat), openFiles: 77)
        command.waitForEnd()
        #expect(command.failure() == nil)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "77\n")
    }
}

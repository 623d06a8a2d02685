import Foundation
import Resilience
import ResilienceTelemetry
import ResilienceWire
import Testing

private struct Card: Sendable {}
private func charge(_ card: Card) async throws -> String { "receipt" }

/// Compiles and runs the agent of the README.
@Suite struct ReadmeTests {
    @Test func readmeExampleRuns() async throws {
        let card = Card()
        // README begin
        let telemetry = Telemetry(agent: "planner")
        let payments = telemetry.monitor("pay/stripe") {
            Retry(); CircuitBreaker()
        }
        let receipt = try await payments.call { try await charge(card) }
        // README end
        #expect(receipt == "receipt")
        await telemetry.shutdown()
    }

    @Test func readmeContainsTheCompiledExample() throws {
        let here = URL(fileURLWithPath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let source = try String(contentsOf: here, encoding: .utf8)
        let lines = source.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let begin = try #require(lines.firstIndex(of: "// README begin"))
        let end = try #require(lines.firstIndex(of: "// README end"))
        for line in lines[(begin + 1)..<end] {
            #expect(readme.contains(line), "the README lacks: \(line)")
        }
    }
}

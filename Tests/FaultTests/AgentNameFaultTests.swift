import Foundation
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// Agent names that no address can denote, or that are patterns in an address.
@Suite(.serialized, .timeLimit(.minutes(1))) struct AgentNameFaultTests {
    @Test(arguments: [
        (name: "us/*", code: "name"),
        (name: "/*", code: "name"),
        (name: "a/b/*", code: "name"),
        (name: " ", code: "name"),
        (name: "  ", code: "name"),
        (name: "\t\u{3000}", code: "name"),
        (name: "*", code: "bad_line"),
        (name: "planner:pay", code: "bad_line"),
        (name: "planner@aaaa", code: "bad_line"),
        (name: "", code: "bad_line"),
    ])
    func hubRefusesAgentNamesThatNoAddressCanDenote(row: (name: String, code: String)) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        let agent = try Wire(scratch.sockets, .agent)
        let text = row.name.replacing("\t", with: "\\t")
        let hello =
            #"{"t":"hello","v":1,"agent":"\#(text)","instance":""#
            + String(repeating: "a", count: 32) + #"","pid":1}"# + "\n"
        try agent.write(Array(hello.utf8))
        guard case .error(let refusal) = try agent.next() as HubToAgentMessage else {
            Issue.record("expected a refusal")
            return
        }
        #expect(refusal.code == row.code)
        #expect(throws: Wire.Failed.self) { try agent.next() as HubToAgentMessage }
    }

    @Test(arguments: ["us/planner", "us*", "*us", "us/*x", "a b", "planner.1"])
    func hubWelcomesAgentNamesThatAnAddressCanDenote(name: String) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub()
        defer { hub.signal(SIGTERM) }
        let agent = try Wire(scratch.sockets, .agent)
        try agent.write(
            .hello(Hello(id: InstanceID(agent: name, number: 1), pid: 1, client: "raw/1")))
        guard case .welcome(1, 1_000, .some) = try agent.next() as HubToAgentMessage else {
            Issue.record("no welcome")
            return
        }
    }
}

import Fleet
import Recording
import ResilienceWire
import TestSupport
import Testing

@Suite struct ScrubberTests {
    let source = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "1"))

    @Test func namesAndTextsAreReplacedAndNumbersAreKept() {
        var counters = Counters()
        counters.failed = 3
        counters.errors = [
            ErrorCount(type: "AcmeTimeout", count: 2), ErrorCount(type: "HTTP 503", count: 1),
        ]
        counters.messages = [ErrorMessage(type: "AcmeTimeout", text: "key sk-123 is wrong")]
        let delta = Delta(strategy: "acme/pay", sequence: 7, spanMS: 500, counters: counters)
        let history = History(
            strategy: "acme/pay", from: 0, slots: [History.Slot(offset: 0, counters: counters)])
        for (message, kept) in [
            (StreamMessage.delta(delta), [#""HTTP 503":1"#, #""failed":3"#, #""n":7"#]),
            (.history(history), [#""HTTP 503":[1]"#, #""failed":[3]"#]),
        ] {
            var scrubber = Scrubber()
            let line = scrubber.scrub(Line(at: 5, source: source, message))
            var bytes: [UInt8] = []
            line.encode(into: &bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            for secret in ["planner", "acme", "Acme", "sk-123"] { #expect(!text.contains(secret)) }
            for part in kept { #expect(text.contains(part)) }
        }
    }

    @Test func equalTextsGetEqualPlaceholders() {
        var scrubber = Scrubber()
        let change = BreakerChange(
            strategy: "acme/pay", version: 1, from: .closed, to: .open, by: .policy, why: "acme")
        let command = StreamCommand(
            id: "c", address: "planner@1111:acme/pay", order: .open(forMS: 1),
            reason: "acme", who: "alice")
        let first = scrubber.scrub(Line(at: 1, source: source, .breaker(change)))
        guard case .breaker(let scrubbed) = first.message,
            case .command(let order) = scrubber.scrub(Line(at: 2, .command(command))).message
        else {
            Issue.record("other messages came out")
            return
        }
        #expect(
            "\(order.address)" == "\(first.source?.agent ?? "")@1111:\(scrubbed.strategy)")
        #expect(order.reason == scrubbed.why)
        #expect(order.who == "person-1")
        #expect(scrubber.scrub(Line(at: 1, source: source, .breaker(change))) == first)
    }

    @Test func wildcardAddressKeepsItsWildcard() {
        var scrubber = Scrubber()
        let command = StreamCommand(id: "c", address: "*:acme/pay", order: .reset)
        guard case .command(let order) = scrubber.scrub(Line(at: 2, .command(command))).message
        else { return }
        #expect(order.address == "*:strategy-1")
    }

    @Test func agentsClientAndReasonAreReplaced() {
        var scrubber = Scrubber()
        let up = AgentUp(
            pid: 7, client: "acme/1.2", intervalMS: 500, state: .gone, lost: 0, why: "acme crashed")
        let declaration = StrategyDeclaration(
            strategy: "pay", kind: "timeout",
            limits: [LimitReading(name: "timeout_ms", value: 90, unit: "ms")])
        var bytes: [UInt8] = []
        for message: StreamMessage in [.agentUp(up), .strategy(declaration)] {
            scrubber.scrub(Line(at: 5, source: source, message)).encode(into: &bytes)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("acme"))
        #expect(text.contains(#""pid":0"#))
        #expect(text.contains("timeout_ms"))
    }
}

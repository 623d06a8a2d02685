import Resilience
import ResilienceWire
import TestSupport
import Testing

@testable import ResilienceTelemetry

@Suite struct OutboxTests {
    @Test func fullOutboxDropsAndCountsOldestEvent() {
        var outbox = Outbox(capacity: 2)
        for count in 1...5 { outbox.add(.lost(count)) }
        #expect(outbox.take() == [.lost(3), .lost(4), .lost(5)])
        #expect(outbox.take().isEmpty)
    }

    @Test func tapCallsNeverDisplaceOtherEvents() {
        var outbox = Outbox(capacity: 2)
        let call = AgentMessage.call(
            CallReport(strategy: "pay", end: .ok, attempts: 1, microseconds: 1, tap: true))
        outbox.add(.ping)
        for _ in 0..<3 { outbox.add(call) }
        outbox.add(.bye)
        #expect(outbox.take() == [.lost(3), .ping, .bye])
    }
}

@Suite struct RegistryTests {
    let registry = Registry(Telemetry.Options(environment: [:]), agent: "planner")

    func monitored(_ name: String) -> Monitored<Pipeline<Retry>> {
        let monitored = Monitored { Retry() }
        registry.add(name, target: nil, facets: Facets(of: monitored), monitored.meter)
        return monitored
    }

    func deltas() -> [Delta] {
        registry.takeDeltas().compactMap { line in
            if case .delta(let delta) = line { delta } else { nil }
        }
    }

    @Test func unsentDeltasAreMerged() throws {
        let monitored = monitored("pay")
        for _ in 0..<3 { _ = try monitored.callBlocking { "paid" } }
        let first = deltas()
        #expect(first.map(\.counters.ok) == [3])
        #expect(first.map(\.sequence) == [1])
        #expect(deltas().isEmpty)
        _ = try monitored.callBlocking { "paid" }
        #expect(deltas().map(\.sequence) == [2])
    }

    @Test func deltaReportsBulkhead() throws {
        let bulkhead = Bulkhead(try BulkheadPolicy(maxConcurrent: 1, queueSize: 0))
        let monitored = Monitored { bulkhead }
        registry.add("pay", target: nil, facets: Facets(of: monitored), monitored.meter)
        _ = try monitored.callBlocking {
            #expect(throws: Rejection.self) { _ = try monitored.callBlocking { 1 } }
        }
        #expect(
            deltas().map(\.counters.bulkhead) == [
                BulkheadCounters(active: 0, queued: 0, rejected: 1)
            ])
        _ = try monitored.callBlocking { 1 }
        #expect(deltas().map(\.counters.bulkhead?.rejected) == [0])
    }

    @Test func deltaReportsFallbackAnswersAndOldestAge() throws {
        let clock = TestClock()
        let fallback = Fallback(
            try FallbackPolicy(primaryAttempts: 1, fallbackAttempts: 1), keyedBy: Int.self,
            answering: String.self, time: clock.time)
        let monitored = Monitored(fallback)
        registry.add("quotes", target: nil, facets: Facets(of: monitored), monitored.meter)
        _ = try monitored.callBlocking(cacheKey: 1) { "fresh" }
        clock.advance(by: .seconds(3))
        struct Down: Error {}
        for _ in 0..<2 {
            let quote = try monitored.callBlocking(cacheKey: 1) { throw Down() }
            #expect(quote.source == .cache(age: .seconds(3)))
        }
        let other = try monitored.callBlocking {
            throw Down()
        } fallback: {
            "mirror"
        }
        #expect(other.source == .fallback)
        #expect(
            deltas().map(\.counters.fallback) == [
                FallbackCounters(used: 1, cached: 2, oldestAgeMS: 3_000)
            ])
        _ = try monitored.callBlocking(cacheKey: 1) { "fresh" }
        #expect(deltas().map(\.counters.fallback) == [FallbackCounters(used: 0, cached: 0)])
    }

    @Test func deltaReportsReplayedResultsWithoutExecutions() throws {
        let receipts = Idempotency<String, String, any Error>()
        let monitored = Monitored(receipts)
        registry.add("orders", target: nil, facets: Facets(of: monitored), monitored.meter)
        for _ in 0..<2 { _ = try monitored.callBlocking("order") { "paid" } }
        #expect(
            deltas().map(\.counters.idempotency) == [
                IdempotencyCounters(executed: 1, shared: 0, replayed: 1)
            ])
        _ = try monitored.callBlocking("order") { "paid" }
        #expect(
            deltas().map(\.counters.idempotency) == [
                IdempotencyCounters(executed: 0, shared: 0, replayed: 1)
            ])
        #expect(deltas().isEmpty)
    }

    @Test func deltaReportsItemsOfBatch() throws {
        let monitored = Monitored(BatchRetry(try RetryPolicy(maxAttempts: 1)))
        registry.add("mail", target: nil, facets: Facets(of: monitored), monitored.meter)
        struct Bounced: Error {}
        _ = try monitored.callBlocking([1, 2, 3]) { items in
            items.map { $0 == 2 ? Result<Int, Bounced>.failure(Bounced()) : .success($0) }
        }
        let delta = try #require(deltas().first)
        #expect(delta.counters.failed == 1 && delta.counters.attempts == 1)
        #expect(delta.counters.errors == [ErrorCount(type: "Bounced", count: 1)])
        #expect(delta.counters.batch == BatchCounters(items: 3, failed: 1, partial: 1))
    }

    @Test func nameInUseGetsANumber() {
        _ = monitored("pay")
        _ = monitored("pay")
        #expect(registry.names == ["pay", "pay#2"])
    }

    @Test func stateChangesAreQueuedInOrder() {
        let breaker = CircuitBreaker()
        let monitored = Monitored { breaker }
        registry.add("pay", target: nil, facets: Facets(of: monitored), monitored.meter)
        breaker.forceOpen()
        breaker.reset()
        let states = registry.takeEvents().compactMap { line -> BreakerState? in
            if case .breaker(let change) = line { change.to } else { nil }
        }
        #expect(states == [.forcedOpen, .closed])
    }
}

@Suite struct LinkStateMachineTests {
    @Test func backoffGrowsToTwoSeconds() {
        var machine = Link.StateMachine(random: .seeded(1))
        #expect(machine.start() == .connect)
        var waits: [Duration] = []
        for _ in 0..<10 {
            guard case .wait(let delay) = machine.failed() else { break }
            waits.append(delay)
            #expect(machine.waited() == .connect)
        }
        #expect(waits.count == 10)
        #expect(waits[0] <= .milliseconds(100))
        #expect(waits.allSatisfy { $0 <= .seconds(2) })
        #expect(waits[9] >= .seconds(1))
    }

    @Test func welcomeResetsBackoff() {
        var machine = Link.StateMachine(random: .seeded(1))
        _ = machine.start()
        for _ in 0..<8 {
            _ = machine.failed()
            _ = machine.waited()
        }
        #expect(machine.connected() == .introduce)
        #expect(machine.welcomed() == .declare)
        guard case .wait(let delay) = machine.failed() else {
            Issue.record("expected to wait")
            return
        }
        #expect(delay <= .milliseconds(100))
    }

    @Test func stoppedLinkIgnoresInputs() {
        var machine = Link.StateMachine()
        _ = machine.start()
        #expect(machine.stop() == .close)
        #expect(machine.failed() == .none)
        #expect(machine.waited() == .none)
        #expect(machine.connected() == .close)
    }
}

@Suite struct LinkPulseTests {
    @Test func linkPingsSilentHubAndReconnectsAfterThreeSeconds() {
        var pulse = Link.Pulse(at: 0)
        pulse.connected(at: 0)
        pulse.hear(at: 10)
        pulse.welcomed(beats: true)
        #expect(pulse.look(at: 500) == .none)
        #expect(pulse.look(at: 1_010) == .ping)
        #expect(pulse.look(at: 1_510) == .none)
        #expect(pulse.look(at: 2_010) == .ping)
        #expect(pulse.look(at: 2_510) == .none)
        #expect(pulse.look(at: 3_010) == .reconnect)
    }

    @Test func answerToPingKeepsConnection() {
        var pulse = Link.Pulse(at: 0)
        pulse.connected(at: 0)
        pulse.hear(at: 10)
        pulse.welcomed(beats: true)
        for time: Int64 in stride(from: 500, to: 60_000, by: 500) {
            let action = pulse.look(at: time)
            #expect(action != .reconnect)
            if action == .ping { pulse.hear(at: time + 1) }
        }
    }

    @Test func hubWithoutBeatsMayBeSilent() {
        var pulse = Link.Pulse(at: 0)
        pulse.connected(at: 0)
        pulse.hear(at: 10)
        pulse.welcomed(beats: false)
        for time: Int64 in stride(from: 500, to: 60_000, by: 500) {
            #expect(pulse.look(at: time) != .reconnect)
        }
    }

    @Test func linkReconnectsLaterWithoutWelcome() {
        var pulse = Link.Pulse(at: 0)
        pulse.connected(at: 0)
        let left = stride(from: Int64(500), to: 60_000, by: 500).first {
            pulse.look(at: $0) == .reconnect
        }
        #expect(left == 10_000)
    }
}

@Suite struct SocketPlacesTests {
    @Test func emptySocketVariableTurnsTelemetryOff() {
        #expect(SocketSearchPath(environment: ["FUSEBOX_SOCKET": ""]) == .off)
    }

    @Test func socketVariableAcceptsPathAndUnixURL() {
        let plain = SocketSearchPath(environment: ["FUSEBOX_SOCKET": "/run/x.sock"])
        #expect(plain == SocketSearchPath(socket: "/run/x.sock"))
        #expect(SocketSearchPath(environment: ["FUSEBOX_SOCKET": "unix:///run/x.sock"]) == plain)
        #expect(plain.usable() == ["/run/x.sock"])
    }
}

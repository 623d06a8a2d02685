import ResilienceWire
import TestSupport
import Testing

@testable import Fleet

@Suite struct FleetTests {
    let planner = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
    let second = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "b"))
    let start: Int64 = 1_790_000_000_000

    func fleet(_ ids: InstanceID...) -> Fleet {
        var fleet = Fleet()
        for id in ids {
            fleet.apply(
                .agentUp(AgentUp(pid: 1, client: "test", intervalMS: 500)), from: id, at: start)
            fleet.apply(
                .strategy(
                    StrategyDeclaration(
                        strategy: "pay", kind: "retry+breaker",
                        can: [.open, .reset],
                        breaker: BreakerReading(state: .closed, version: 0, sinceMS: 1_000),
                        limits: [LimitReading(name: "max_attempts", value: 3)])),
                from: id, at: start)
        }
        return fleet
    }

    func delta(_ sequence: Int, ok: Int = 0, failed: Int = 0, span: Int64 = 500) -> StreamMessage {
        var counters = Counters()
        counters.ok = ok
        counters.failed = failed
        counters.attempts = ok + failed
        counters.retries = [RetryCount(retries: 0, calls: ok + failed)]
        counters.latency = [LatencyCount(bucket: 100, count: ok + failed)]
        if failed > 0 { counters.errors = [ErrorCount(type: "TimeoutError", count: failed)] }
        return .delta(
            Delta(strategy: "pay", sequence: sequence, spanMS: span, counters: counters))
    }

    func strategy(_ fleet: Fleet) throws -> StrategyRecord {
        try #require(fleet.agents[planner]?.strategies["pay"])
    }

    @Test func deltasAreSummedInTheTotalAndTheWindow() throws {
        var fleet = fleet(planner)
        for sequence in 1...10 {
            fleet.apply(
                delta(sequence, ok: 9, failed: 1), from: planner, at: start + Int64(sequence) * 500)
        }
        let record = try strategy(fleet)
        #expect(record.total.ok == 90)
        #expect(record.total.servedRate == 0.9)
        #expect(record.window.total(last: 60_000, at: fleet.at).failed == 10)
        #expect(record.gaps == 0)
    }

    /// No value that an agent sends makes a sum exceed its maximum.
    @Test func extremesStayWithinBounds() throws {
        var fleet = fleet(planner)
        let most = Int(WireLimits.count)
        for _ in 0..<1_100 {
            let total = Delta(
                strategy: "pay", sequence: 1, missed: most - 1, spanMS: 0, counters: Counters())
            fleet.restore(Line(at: start, source: planner, .total(total)))
            fleet.apply(delta(most), from: planner, at: start)
        }
        #expect(try strategy(fleet).gaps == most)
        var counters = Counters()
        counters.retries = (999_000...1_000_000).map { RetryCount(retries: $0, calls: most) }
        #expect(counters.retriesSpent == most)
        counters.errors = (0..<2_000).map { ErrorCount(type: "E\($0 + 1_000)", count: most) }
        for message in [StreamMessage.total, StreamMessage.slot] {
            let told = Delta(strategy: "pay", sequence: 1, spanMS: 0, counters: counters)
            fleet.restore(Line(at: start, source: planner, message(told)))
        }
        #expect(try strategy(fleet).total.errorShares.count == 64)
        #expect(try strategy(fleet).window.slots.last?.counters.retryShares == [0, 0, 0, 1])
    }

    /// Counters with every facet.
    private func facets(_ count: Int, ageMS: Int64?) -> Counters {
        var counters = Counters()
        counters.fallback = FallbackCounters(used: count, cached: count, oldestAgeMS: ageMS)
        counters.idempotency = IdempotencyCounters(
            executed: count, shared: count, replayed: count)
        counters.batch = BatchCounters(items: count, failed: count, partial: count)
        return counters
    }

    @Test func facetSumsStayWithinBoundsAndKeepTheOldestAnswer() {
        var sum = facets(2, ageMS: 900)
        sum.add(facets(3, ageMS: 40))
        #expect(sum == facets(5, ageMS: 900))
        sum.add(Counters())
        #expect(sum == facets(5, ageMS: 900))
        sum.addInstance(facets(1, ageMS: nil))
        #expect(sum == facets(6, ageMS: 900))
        let most = Int(WireLimits.count)
        sum.add(facets(most, ageMS: 901))
        #expect(sum == facets(most, ageMS: 901))
    }

    @Test func keyframeContainsTheFacets() throws {
        var fleet = fleet(planner)
        let delta = Delta(
            strategy: "pay", sequence: 1, spanMS: 12_000, counters: facets(7, ageMS: 900))
        fleet.apply(.delta(delta), from: planner, at: start + 12_000)
        let record = try strategy(fleet)
        #expect(record.window.slots.map { $0.counters.batch?.items } == [3, 2, 2])
        #expect(record.window.total(last: 60_000, at: fleet.at) == facets(7, ageMS: 900))
        let copy = Fleet(keyframe: fleet.keyframe(at: fleet.at))
        #expect(try strategy(copy).total == record.total)
        #expect(try strategy(copy).window == record.window)
    }

    @Test func reasonOfALimitChangeOutlivesItsJournalLine() throws {
        var fleet = fleet(planner)
        let change = LimitChange(
            strategy: "pay", name: "max_attempts", was: 3, value: 2, by: .adaptive, pinned: false,
            why: "success 0.99 over 100 calls")
        fleet.apply(.limit(change), from: planner, at: start)
        let copy = Fleet(
            keyframe: fleet.keyframe(at: start).filter {
                if case .limit = $0.message { false } else { true }
            })
        #expect(try strategy(copy).limits.map(\.why) == ["success 0.99 over 100 calls"])
    }

    @Test func gapInSequenceNumbersIsCounted() throws {
        var fleet = fleet(planner)
        for sequence in [1, 2, 5] {
            fleet.apply(delta(sequence, ok: 1), from: planner, at: start + Int64(sequence) * 500)
        }
        #expect(try strategy(fleet).gaps == 2)
    }

    @Test func slotsOlderThanTheWindowAreRemoved() throws {
        var fleet = fleet(planner)
        fleet.apply(delta(1, ok: 5), from: planner, at: start)
        fleet.apply(delta(2, ok: 7), from: planner, at: start + 301_000)
        let record = try strategy(fleet)
        #expect(record.window.total(last: 300_000, at: fleet.at).ok == 7)
        #expect(record.total.ok == 12)
    }

    @Test func deltaOfMoreThanFiveSecondsIsSpreadEvenly() throws {
        var fleet = fleet(planner)
        fleet.apply(delta(1, ok: 61, span: 30_000), from: planner, at: start + 30_000)
        let slots = try strategy(fleet).window.slots
        #expect(slots.map(\.counters.ok) == [11, 10, 10, 10, 10, 10])
        #expect(slots.map(\.start) == (1...6).map { start + Int64($0) * 5_000 })
    }

    @Test func breakerChangesFollowTheirVersions() throws {
        var fleet = fleet(planner)
        func change(_ version: Int, _ to: BreakerState) -> StreamMessage {
            .breaker(
                BreakerChange(
                    strategy: "pay", version: version, from: .closed, to: to, by: .policy,
                    why: "5 consecutive failures", probeInMS: 60_000))
        }
        fleet.apply(change(2, .halfOpen), from: planner, at: start + 10)
        fleet.apply(change(1, .open), from: planner, at: start + 20)
        let breaker = try #require(try strategy(fleet).breaker)
        #expect(breaker.state == .halfOpen)
        #expect(breaker.probeAt == start + 60_010)
        #expect(fleet.transitions(of: planner, "pay").count == 2)
    }

    @Test func callLineCountsAsOneCallUnlessItIsATap() throws {
        var fleet = fleet(planner)
        let call = CallReport(
            strategy: "pay", end: .ok, attempts: 2, microseconds: 128_400, errors: ["TimeoutError"])
        var tap = call
        tap.tap = true
        fleet.apply(.call(call), from: planner, at: start)
        fleet.apply(.call(tap), from: planner, at: start)
        let total = try strategy(fleet).total
        #expect(total.ok == 1)
        #expect(total.attempts == 2)
        #expect(total.retries == [RetryCount(retries: 1, calls: 1)])
        #expect(total.errors == [ErrorCount(type: "TimeoutError", count: 1)])
        #expect(total.latency.map(\.count) == [1])
    }

    @Test func countsSaturateAtTheMaximum() throws {
        var fleet = fleet(planner)
        for sequence in 1...3 {
            fleet.apply(delta(sequence, ok: 1 << 53 - 1), from: planner, at: start)
        }
        #expect(try strategy(fleet).total.ok == 1 << 53 - 1)
    }

    @Test func streamStaysReadableForExtremeAgentValues() throws {
        var fleet = fleet(planner)
        let most = 1 << 53 - 1
        let breaker = BreakerReading(
            state: .open, version: most, sinceMS: Int64(most), probeInMS: Int64(most))
        let declaration = StrategyDeclaration(strategy: "pay", kind: "breaker", breaker: breaker)
        fleet.apply(.strategy(declaration), from: planner, at: start)
        for _ in 0..<2_000 { fleet.apply(.lost(most), from: planner, at: start) }
        for line in fleet.keyframe(at: start + 1_000) {
            var bytes: [UInt8] = []
            line.encode(into: &bytes)
            #expect(try Line(decoding: bytes) == line)
        }
    }

    @Test func listsThatAgentsFillStayBounded() throws {
        var fleet = fleet(planner)
        for number in 0..<3_000 {
            var counters = Counters()
            counters.retries = [RetryCount(retries: number, calls: 1 << 53 - 1)]
            counters.errors = [ErrorCount(type: "error \(number)", count: 2)]
            counters.messages = [ErrorMessage(type: "error \(number)", text: "x")]
            let delta = Delta(
                strategy: "pay", sequence: number + 1, spanMS: 1, counters: counters)
            fleet.apply(.delta(delta), from: planner, at: start)
        }
        let total = try strategy(fleet).total
        #expect(total.retries.count <= 64)
        #expect(total.errors.count <= 64)
        #expect(total.messages.count <= 64)
        #expect(total.errors.reduce(0) { $0 + $1.count } == 6_000)
        #expect(total.retryShares != nil)
    }

    @Test func goneAgentIsKeptForTenMinutes() {
        var fleet = fleet(planner, second)
        fleet.apply(.agentGone(why: "killed"), from: planner, at: start + 1_000)
        #expect(fleet.agents[planner]?.state == .gone)
        #expect(fleet.agents[planner]?.why == "killed")
        fleet.apply(.agentGone(why: "bye"), from: second, at: start + 700_000)
        #expect(fleet.agents[planner] == nil)
        #expect(fleet.agents[second] != nil)
    }

    @Test func keyframeRestoresTheSameFleet() {
        var original = fleet(planner, second)
        for sequence in 1...700 {
            let at = start + Int64(sequence) * 500
            original.apply(
                delta(sequence, ok: sequence % 7, failed: sequence % 3), from: planner, at: at)
            if sequence % 100 == 0 {
                original.apply(
                    .breaker(
                        BreakerChange(
                            strategy: "pay", version: sequence / 100, from: .closed, to: .open,
                            by: .policy, probeInMS: 5_000)), from: second, at: at)
            }
        }
        original.apply(
            .command(StreamCommand(id: "1", address: "planner:pay", order: .reset, who: "ops")),
            from: nil, at: original.at)
        original.apply(.agentStale, from: second, at: original.at)
        original.apply(.agentGone(why: "killed"), from: planner, at: original.at)
        original.apply(.lost(3), from: second, at: original.at)
        let copy = Fleet(keyframe: original.keyframe(at: original.at))
        #expect(copy.agents == original.agents)
        #expect(copy.journal == original.journal)
        #expect(copy == original)
    }

    @Test func keyframeReplacesThePreviousState() {
        var viewer = StreamedFleet(fleet(second))
        for line in fleet(planner).keyframe(at: start) { viewer.take(line) }
        #expect(Array(viewer.fleet.agents.keys) == [planner])
    }

    @Test func percentilesComeFromMergedHistograms() {
        var fast = Counters()
        fast.latency = [LatencyCount(bucket: 100, count: 90)]
        var slow = Counters()
        slow.latency = [LatencyCount(bucket: 200, count: 10)]
        fast.addInstance(slow)
        #expect(fast.percentile(0.5) == LatencyBucket.upperBound(100))
        #expect(fast.percentile(0.95) == LatencyBucket.upperBound(200))
        #expect(Counters().percentile(0.5) == nil)
    }
}

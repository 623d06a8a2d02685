import Fleet
import ResilienceWire
import TestSupport
import Testing

/// What a recording is asked: series and incidents.
@Suite struct HistoryTests {
    let one = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "1"))
    let two = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "2"))

    func delta(_ at: Int64, _ source: InstanceID, ok: Int = 0, failed: Int = 0, rejected: Int = 0)
        -> Line
    {
        var counters = Counters()
        counters.ok = ok
        counters.failed = failed
        counters.rejected = rejected
        counters.attempts = ok + failed
        if failed > 0 { counters.errors = [ErrorCount(type: "TimeoutError", count: failed)] }
        return Line(
            at: at, source: source,
            .delta(Delta(strategy: "pay", sequence: 1, spanMS: 500, counters: counters)))
    }

    func breaker(
        _ at: Int64, _ source: InstanceID, _ from: BreakerState, _ to: BreakerState,
        by: Author = .policy, why: String = "5 consecutive failures"
    ) -> Line {
        Line(
            at: at, source: source,
            .breaker(
                BreakerChange(strategy: "pay", version: 1, from: from, to: to, by: by, why: why)))
    }

    func incidents(_ lines: [Line]) -> [Incident] {
        var incidents = Incidents()
        for line in lines { incidents.take(line) }
        return incidents.all()
    }

    @Test func anIncidentGoesFromTheFirstOpeningToTheLastClosing() throws {
        let found = incidents([
            delta(9_000, one, ok: 1, failed: 5),
            breaker(10_000, one, .closed, .open), breaker(11_000, two, .closed, .open),
            delta(12_000, one, rejected: 7),
            breaker(20_000, one, .open, .halfOpen), breaker(20_100, one, .halfOpen, .closed),
            breaker(30_000, two, .open, .halfOpen), breaker(30_100, two, .halfOpen, .closed),
            delta(31_000, one, ok: 100),
        ])
        let incident = try #require(found.first)
        #expect(found.count == 1)
        #expect((incident.start, incident.end) == (10_000, 30_100))
        #expect(incident.cause == "5 consecutive failures")
        #expect(incident.instances == [one, two])
        // What failed before the breaker opened belongs to it; what came after does not.
        #expect((incident.counters.ok, incident.callsLost) == (1, 12))
    }

    @Test func onesThatFollowWithinAMinuteAreOne() {
        let lines = [
            breaker(10_000, one, .closed, .open), breaker(20_000, one, .halfOpen, .closed),
            breaker(70_000, one, .closed, .open), breaker(80_000, one, .halfOpen, .closed),
            breaker(200_000, one, .closed, .open),
        ]
        #expect(incidents(lines).map(\.start) == [10_000, 200_000])
        #expect(incidents(lines).map(\.end) == [80_000, nil])
        #expect(incidents(lines).map(\.opens) == [2, 1])
    }

    @Test func whatOperatorsDidStandsThereWithWhatCameOfIt() throws {
        let command = Command(
            id: "c1", target: .address("*:pay"), order: .open(forMS: 900_000),
            reason: "vendor down",
            who: "ops")
        let found = incidents([
            Line(at: 9_990, .command(command)),
            breaker(10_000, one, .closed, .forcedOpen, by: .operator, why: "held open"),
            Line(
                at: 10_001, .commandStatus(CommandStatus(id: "c1", instance: one, status: .acked))),
        ])
        let incident = try #require(found.first)
        #expect(incident.by == .operator)
        #expect(incident.acts.map(\.command) == [command])
        #expect(incident.acts.first?.outcomes.map(\.status) == [.acked])
    }

    @Test func anInstanceThatIsGoneHasNoIncident() {
        let found = incidents([
            breaker(10_000, one, .closed, .open),
            Line(at: 12_000, source: one, .agentGone(why: "it was killed")),
        ])
        #expect(found.map(\.end) == [12_000])
    }

    @Test func whatAKeyframeRepeatsDidNotHappenAgain() {
        var live = LiveLines()
        let lines = [
            delta(1_000, one, ok: 1), Line(at: 2_000, .keyframe(lines: 1)),
            delta(1_000, one, ok: 1),
            Line(at: 2_000, .keyframeEnd), delta(3_000, one, ok: 1),
        ]
        #expect(lines.map { live.isLive($0) } == [true, false, false, false, true])
    }

    @Test func aSeriesHasARowForEachStretchInWhichSomethingWasCounted() {
        var series = Series(per: 10_000)
        var rows: [Series.Row] = []
        for line in [
            delta(11_000, one, ok: 1), delta(12_000, one, ok: 2), delta(13_000, two, failed: 1),
            breaker(19_000, two, .closed, .open), delta(45_000, two, rejected: 3),
        ] {
            rows += series.take(line)
        }
        rows += series.finish()
        #expect(rows.map(\.start) == [10_000, 10_000, 40_000])
        #expect(rows.map(\.counters.ok) == [3, 0, 0])
        #expect(rows.map(\.breaker) == [nil, .open, .open])
    }
}

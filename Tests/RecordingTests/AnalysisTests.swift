import Fleet
import ResilienceWire
import TestSupport
import Testing

@testable import Recording

/// Tests of the analysis of recordings: series and incidents.
@Suite struct AnalysisTests {
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

    @Test func incidentLastsFromFirstOpeningToLastClosing() throws {
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
        // Failures before the opening belong to the incident; failures after its end do not.
        #expect((incident.counters.ok, incident.callsLost) == (1, 12))
    }

    @Test func openingsWithinAMinuteAreOneIncident() {
        let lines = [
            breaker(10_000, one, .closed, .open), breaker(20_000, one, .halfOpen, .closed),
            breaker(70_000, one, .closed, .open), breaker(80_000, one, .halfOpen, .closed),
            breaker(200_000, one, .closed, .open),
        ]
        #expect(incidents(lines).map(\.start) == [10_000, 200_000])
        #expect(incidents(lines).map(\.end) == [80_000, nil])
        #expect(incidents(lines).map(\.opens) == [2, 1])
    }

    @Test func incidentListsOperatorCommandsWithTheirOutcomes() throws {
        let command = StreamCommand(
            id: "c1", address: "*:pay", order: .open(forMS: 900_000),
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

    @Test func goneInstanceHasNoIncident() {
        let found = incidents([
            breaker(10_000, one, .closed, .open),
            Line(at: 12_000, source: one, .agentGone(why: "it was killed")),
        ])
        #expect(found.map(\.end) == [12_000])
    }

    @Test func keyframeLinesAreNotEvents() {
        var tracker = KeyframeTracker()
        let lines = [
            delta(1_000, one, ok: 1), Line(at: 2_000, .keyframe(lines: 1)),
            breaker(1_000, one, .closed, .open),
            Line(at: 2_000, .keyframeEnd), delta(3_000, one, ok: 1),
        ]
        #expect(
            lines.map { tracker.take($0) } == [
                .event, .keyframeBegins, .keyframe, .keyframeEnds, .event,
            ])
    }

    @Test func historyAfterAKeyframeIsNoEvent() {
        var tracker = KeyframeTracker()
        let history = Line(
            at: 2_000, source: one,
            .history(
                History(
                    strategy: "pay", from: 0,
                    slots: [History.Slot(offset: 0, counters: Counters())])))
        let lines = [
            Line(at: 2_000, .keyframe(lines: 0, hasHistory: true)), Line(at: 2_000, .keyframeEnd),
            history, Line(at: 2_000, .historyEnd), delta(3_000, one, ok: 1), history,
        ]
        var isInside: [Bool] = []
        let parts = lines.map { line in
            defer { isInside.append(tracker.isInKeyframe) }
            return tracker.take(line)
        }
        #expect(parts == [.keyframeBegins, .keyframeEnds, .history, .history, .event, .history])
        #expect(isInside == [true, true, true, false, false, false])
    }

    /// In a damaged recording.
    @Test func eventEndsAHistoryWhoseEndIsMissing() {
        for event in [delta(3_000, one, ok: 1), breaker(3_000, one, .open, .halfOpen)] {
            var tracker = KeyframeTracker()
            _ = tracker.take(Line(at: 2_000, .keyframe(lines: 0, hasHistory: true)))
            _ = tracker.take(Line(at: 2_000, .keyframeEnd))
            #expect(tracker.take(event) == .event)
            #expect(!tracker.isInKeyframe)
        }
    }

    @Test func deltaEndsAKeyframeWhoseEndIsMissing() {
        var tracker = KeyframeTracker()
        let lines = [
            Line(at: 2_000, .keyframe(lines: 1)), breaker(1_000, one, .closed, .open),
            delta(3_000, one, ok: 1), breaker(4_000, one, .open, .halfOpen),
        ]
        #expect(
            lines.map { tracker.take($0) } == [.keyframeBegins, .keyframe, .event, .event])
    }

    @Test func seriesHasARowForEachIntervalWithCounts() {
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

/// Tests of the cost of incidents, and of orders from before a recording.
@Suite struct IncidentOrderTests {
    let one = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "1"))

    private func delta(_ at: Int64, _ source: InstanceID) -> Line {
        var counters = Counters()
        counters.failed = 1
        return Line(
            at: at, source: source,
            .delta(Delta(strategy: "pay", sequence: 1, spanMS: 500, counters: counters)))
    }

    private func opening(_ at: Int64, _ source: InstanceID, by: Author = .policy) -> Line {
        Line(
            at: at, source: source,
            .breaker(
                BreakerChange(
                    strategy: "pay", version: 1, from: .closed,
                    to: by == .policy ? .open : .forcedOpen, by: by, why: "why")))
    }

    private func command(_ id: String, _ address: String = "*:pay") -> StreamCommand {
        StreamCommand(
            id: id, address: Address(lenient: address), order: .open(forMS: nil),
            reason: "vendor down",
            who: "ops")
    }

    /// Each delta of the last ten seconds is accessed at most twice, however many there are.
    @Test func recentCountsAreAccessedTwiceEach() {
        for count in [1_000, 2_000, 4_000] {
            var incidents = Incidents()
            for number in 0..<count {
                let id = InstanceID(agent: "a\(number % 7)", instance: one.instance)
                incidents.take(delta(Int64(number * 40_000 / count), id))
            }
            for agent in 0..<7 {
                let id = InstanceID(agent: "a\(agent)", instance: one.instance)
                incidents.take(opening(40_000, id))
            }
            #expect(incidents.steps <= 2 * count)
            // Each agent has a seventh of the counts, and the incidents contain the last 10 of 40
            // s.
            let lost = incidents.all().map(\.callsLost).reduce(0, +)
            #expect(abs(lost - count / 4) <= 2)
        }
    }

    @Test func ordersFromBeforeTheRecordingAreReported() throws {
        var fleet = Fleet()
        let declaration = StrategyDeclaration(
            strategy: "pay", kind: "breaker",
            breaker: BreakerReading(
                state: .forcedOpen, version: 1, why: "forced open", by: .operator,
                sinceMS: 500_000))
        let standing = StandingOrder(
            id: "c1", address: "*:pay", order: .open(forMS: nil), who: "ops", reason: "vendor down")
        for line in [
            Line(at: 1_000_000, .keyframe(lines: 3)),
            Line(
                at: 1_000_000, source: one, .agentUp(AgentUp(pid: 1, client: "c", intervalMS: 500))),
            Line(at: 1_000_000, source: one, .strategy(declaration)),
            Line(at: 400_000, .standing(standing)), Line(at: 1_000_000, .keyframeEnd),
        ] { fleet.apply(line) }
        var incidents = Incidents()
        incidents.begin(with: fleet)
        let incident = try #require(incidents.all().first)
        #expect(incident.start == 500_000)
        #expect(incident.acts.map(\.at) == [400_000])
        #expect(incident.acts.first?.command.who == "ops")
        #expect(incident.acts.first?.command.reason == "vendor down")
    }

    @Test func journalCommandsOfTheFirstKeyframeAreReportedWithOutcomes() throws {
        var fleet = Fleet()
        let status = CommandStatus(id: "c1", instance: one, status: .acked)
        for line in [
            Line(
                at: 400_000, source: one, .agentUp(AgentUp(pid: 1, client: "c", intervalMS: 500))),
            Line(
                at: 400_000, source: one,
                .strategy(
                    StrategyDeclaration(
                        strategy: "pay", kind: "breaker",
                        breaker: BreakerReading(state: .closed, version: 0)))),
            Line(at: 500_000, .command(command("c1"))),
            Line(at: 500_001, .commandStatus(status)), opening(500_002, one, by: .operator),
        ] { fleet.apply(line) }
        let recorded = Fleet(keyframe: fleet.keyframe(at: 900_000))
        var incidents = Incidents()
        incidents.begin(with: recorded)
        let incident = try #require(incidents.all().first)
        #expect(incident.acts.map(\.command) == [command("c1")])
        #expect(incident.acts.first?.outcomes == [status])
    }

    /// A standing order opens the breaker of an instance that connects much later.
    @Test func standingOrderIsReportedForALaterIncidentItCauses() throws {
        let standing = StandingOrder(id: "c1", address: "planner:pay", order: .open(forMS: nil))
        let lines = [
            Line(at: 100_000, .command(command("c1", "planner:pay"))),
            Line(at: 100_001, .standing(standing)), opening(900_000, one, by: .operator),
        ]
        var (held, ended) = (Incidents(), Incidents())
        for line in lines { held.take(line) }
        for line in lines.dropLast() { ended.take(line) }
        ended.take(
            Line(
                at: 200_000,
                .standingEnd(StandingEnd(id: "c1", address: "planner:pay", why: "reset"))))
        ended.take(lines[2])
        #expect(held.all().map { $0.acts.map(\.command.id) } == [["c1"]])
        #expect(ended.all().map { $0.acts.count } == [0])
    }

    @Test func ordersForOtherTargetsAndTimesAreNotReported() {
        var incidents = Incidents()
        for line in [
            Line(at: 100_000, .command(command("early"))),
            Line(at: 495_000, .command(command("before", "eu/*:pay"))),
            Line(at: 496_000, .command(command("other", "us/*:pay"))),
            Line(at: 497_000, .command(command("another", "eu/mailer:pay"))),
            opening(500_000, InstanceID(agent: "eu/planner", instance: one.instance)),
            Line(at: 510_000, .command(command("named", "eu/planner:pay"))),
            Line(at: 511_000, .command(command("instance", "eu/planner@1111:pay"))),
            Line(at: 512_000, .command(command("strategy", "*:geo"))),
        ] { incidents.take(line) }
        #expect(
            incidents.all().map { $0.acts.map(\.command.id) } == [["before", "named", "instance"]])
    }

    @Test func reportedOrdersAreLimited() {
        var incidents = Incidents()
        incidents.take(opening(1_000, one))
        for number in 0..<1_000 {
            incidents.take(Line(at: 1_000, .command(command("c\(number)"))))
        }
        #expect(incidents.all().first?.acts.count == 200)
    }
}

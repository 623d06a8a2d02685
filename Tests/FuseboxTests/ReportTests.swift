import Fleet
import Recording
import ResilienceWire
import TestSupport
import Testing

@testable import fusebox

/// What a report says of operators.
@Suite struct ReportTests {
    private let one = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "1"))

    private func report(_ lines: [Line], after keyframe: [Line] = []) -> String {
        let fleet = Fleet(keyframe: keyframe)
        var incidents = Incidents()
        incidents.begin(with: fleet)
        for line in lines { incidents.take(line) }
        let first = lines.first?.at ?? 0
        return Report(
            incidents: incidents.all(), times: first...(lines.last?.at ?? first),
            total: Counters(), instances: 1
        ).markdown
    }

    private func opening(_ at: Int64, by author: Author) -> Line {
        Line(
            at: at, source: one,
            .breaker(
                BreakerChange(
                    strategy: "pay", version: 1, from: .closed, to: .forcedOpen, by: author,
                    why: "forced open")))
    }

    @Test func whereAnOperatorOpenedItNobodyIsToldThatNoneDid() {
        #expect(report([opening(1_000, by: .policy)]).contains("- No operator did anything."))
        let opened = report([opening(1_000, by: .operator)])
        #expect(!opened.contains("No operator did anything"))
        #expect(
            opened.contains(
                "- Operators: the order was given before the recording begins and is not in it."))
    }

    @Test func orderBeforeTheRecordingIsReportedWithDateOperatorAndReason() {
        let declaration = StrategyDeclaration(
            strategy: "pay", kind: "breaker",
            breaker: BreakerReading(
                state: .forcedOpen, version: 1, why: "forced open", by: .operator,
                sinceMS: 3_600_000))
        let standing = StandingOrder(
            id: "c1", address: "planner:pay", order: .open(forMS: nil), who: "ops",
            reason: "vendor down")
        let at: Int64 = 1_789_999_351_000
        let text = report(
            [Line(at: at, source: one, .agentStale)],
            after: [
                Line(at: at, .keyframe(lines: 3)),
                Line(
                    at: at, source: one, .agentUp(AgentUp(pid: 1, client: "c", intervalMS: 500))),
                Line(at: at, source: one, .strategy(declaration)),
                Line(at: at - 86_400_000, .standing(standing)), Line(at: at, .keyframeEnd),
            ])
        #expect(
            text.contains(
                "  - 2026-09-20 14:02:31Z, before the recording, ops opened it until reset "
                    + "(vendor down)"))
    }
}

import Fleet
import ResilienceWire
import TestSupport
import Testing

@Suite struct CommandTrackerTests {
    let a = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
    let b = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "b"))
    let command = StreamCommand(id: "c1", address: "planner:pay", order: .reset, who: "ops")

    func told(_ actions: [CommandTracker.Action], _ requester: Int = 1) -> [StreamMessage] {
        actions.compactMap {
            if case .reply(requester, let message) = $0 { message } else { nil }
        }
    }

    func sent(_ actions: [CommandTracker.Action]) -> [InstanceID] {
        actions.compactMap { if case .send(_, _, let to) = $0 { to } else { nil } }
    }

    /// Submits a command and reports it as audited, so that it is sent.
    func send(
        _ tracker: inout CommandTracker, to instances: [InstanceID], by requester: Int = 1,
        now: Double = 100
    ) -> [CommandTracker.Action] {
        _ = tracker.submit(command, .found(instances), by: requester, now: now)
        return tracker.recorded(command.id, isAudited: true, now: now)
    }

    func status(
        _ instance: InstanceID?, _ status: CommandStatus.Status, took: Double? = nil,
        _ detail: String? = nil
    ) -> StreamMessage {
        .commandStatus(
            CommandStatus(
                id: "c1", instance: instance, status: status, tookMS: took, detail: detail))
    }

    @Test func commandIsSentToEachInstanceWithItsExpiry() {
        var tracker = CommandTracker()
        let actions = send(&tracker, to: [a, b])
        #expect(sent(actions) == [a, b])
        #expect(told(actions) == [status(a, .sent), status(b, .sent)])
        guard
            case .send(_, let expires, _)? = actions.first(where: {
                if case .send = $0 { true } else { false }
            })
        else {
            Issue.record("nothing was sent")
            return
        }
        #expect(expires == 2_100)
        #expect(actions.first == .publish(.command(command)))
    }

    @Test func commandEndsWhenEveryInstanceHasAnswered() {
        var tracker = CommandTracker()
        _ = send(&tracker, to: [a, b])
        let first = tracker.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 112)
        #expect(told(first) == [status(a, .acked, took: 12)])
        let second = tracker.answered(
            Ack(id: "c1", .refused(code: .refused, detail: "at least 1")), by: b, now: 120)
        #expect(
            told(second) == [
                status(b, .refused, took: 20, "at least 1"),
                .commandDone(CommandDone(id: "c1", acked: 1, failed: 1)),
            ])
    }

    /// A repeated id is never carried out again, however much is remembered.
    @Test func outcomesOfEarlierCommandsAreRememberedAsNumbers() {
        var tracker = CommandTracker()
        let instances = (0..<CommandTracker.outcomes / 2).map {
            InstanceID(agent: "planner", instance: InstanceDigits(UInt128($0)))
        }
        func order(_ id: String) -> StreamCommand {
            StreamCommand(id: id, address: "planner:pay", order: .reset)
        }
        for id in ["c1", "c2", "c3"] {
            _ = tracker.submit(order(id), .found(instances), by: nil, now: 100)
            _ = tracker.recorded(id, isAudited: true, now: 100)
            _ = tracker.tick(now: 5_000)
        }
        let counts = ["c1", "c2", "c3"].map { id in
            tracker.submit(order(id), .found(instances), by: 1, now: 6_000)
        }
        #expect(
            counts[0] == [
                .repeated(
                    1, .commandDone(CommandDone(id: "c1", acked: 0, failed: instances.count)))
            ])
        #expect(counts[1].count == instances.count + 1)
        #expect(counts[2].count == instances.count + 1)
    }

    @Test func missingAnswerTimesOutAndALaterAnswerIsLate() {
        var tracker = CommandTracker()
        _ = send(&tracker, to: [a])
        #expect(tracker.tick(now: 2_099).isEmpty)
        #expect(
            told(tracker.tick(now: 2_100)) == [
                status(a, .timedOut, took: 2_000, "no answer within 2s"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
        let late = tracker.answered(Ack(id: "c1", .ok(version: nil)), by: a, now: 5_000)
        #expect(
            told(late) == [
                status(a, .late, took: 2_000, "done, but answered after it had timed out")
            ])
    }

    @Test func commandEndsWhenItsAgentDisconnects() {
        var tracker = CommandTracker()
        _ = send(&tracker, to: [a])
        #expect(
            told(tracker.gone(a)) == [
                status(a, .noAgent, "the agent went away before it answered"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
    }

    @Test func addressWithoutInstancesEndsAsNoAgentAtOnce() {
        var tracker = CommandTracker()
        let actions = tracker.submit(command, .nothing(detail: "no agents"), by: 1, now: 100)
        #expect(
            told(actions) == [
                status(nil, .noAgent, "no agents"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
    }

    @Test func repeatedCommandIDIsAnsweredAndNotCarriedOutAgain() {
        var tracker = CommandTracker()
        _ = send(&tracker, to: [a])
        _ = tracker.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 112)
        let again = tracker.submit(command, .found([a]), by: 2, now: 200)
        #expect(sent(again).isEmpty)
        #expect(
            again == [
                .repeated(2, status(a, .acked, took: 12)),
                .repeated(2, .commandDone(CommandDone(id: "c1", acked: 1, failed: 0))),
            ])
    }

    @Test func wrongAndRepeatedAnswersChangeNothing() {
        var tracker = CommandTracker()
        _ = send(&tracker, to: [a])
        #expect(tracker.answered(Ack(id: "c2", .ok(version: 3)), by: a, now: 110).isEmpty)
        #expect(tracker.answered(Ack(id: "c1", .ok(version: 3)), by: b, now: 110).isEmpty)
        _ = tracker.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 112)
        #expect(tracker.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 113).isEmpty)
        #expect(tracker.tick(now: 9_000).isEmpty)
    }

    @Test func disconnectedOperatorGetsNoReply() {
        var tracker = CommandTracker()
        _ = send(&tracker, to: [a])
        tracker.left(1)
        let actions = tracker.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 112)
        #expect(told(actions).isEmpty)
    }

    @Test func commandIsNotSentBeforeItIsAudited() {
        var tracker = CommandTracker()
        #expect(
            tracker.submit(command, .found([a, b]), by: 1, now: 100) == [.record(command, [a, b])])
        #expect(tracker.answered(Ack(id: "c1", .ok(version: nil)), by: a, now: 101).isEmpty)
        let actions = tracker.recorded("c1", isAudited: false, now: 105)
        #expect(sent(actions) == [a, b])
        var unaudited = command
        unaudited.isAudited = false
        #expect(actions.first == .publish(.command(unaudited)))
        #expect(tracker.recorded("c1", isAudited: true, now: 106).isEmpty)
    }

    @Test func forbiddenCommandIsRefusedAtEachInstance() {
        var tracker = CommandTracker()
        _ = tracker.submit(command, .found([a]), by: 1, now: 100)
        #expect(
            told(tracker.refused("c1", "no audit log")) == [
                status(a, .refused, "no audit log"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
        #expect(tracker.recorded("c1", isAudited: true, now: 106).isEmpty)
    }

    @Test func commandQueuedForTooLongTimesOutAndIsNeverSent() {
        var tracker = CommandTracker()
        _ = tracker.submit(command, .found([a]), by: 1, now: 100)
        #expect(told(tracker.tick(now: 2_100)).count == 2)
        #expect(sent(tracker.recorded("c1", isAudited: true, now: 2_200)).isEmpty)
    }

    @Test func firstAckReportsTheCommandAsCarriedOut() {
        var tracker = CommandTracker()
        _ = send(&tracker, to: [a, b])
        let refusal = Ack(id: "c1", .refused(code: .refused, detail: "no"))
        #expect(!tracker.answered(refusal, by: a, now: 101).contains(.changeStanding(command)))
        #expect(
            tracker.answered(Ack(id: "c1", .ok(version: 2)), by: b, now: 102).first
                == .changeStanding(command))
    }

    @Test func lateAckReportsTheCommandAsCarriedOut() {
        var tracker = CommandTracker()
        _ = send(&tracker, to: [a])
        _ = tracker.tick(now: 9_000)
        let late = tracker.answered(Ack(id: "c1", .ok(version: nil)), by: a, now: 9_001)
        #expect(late.first == .changeStanding(command))
        #expect(tracker.answered(Ack(id: "c1", .ok(version: nil)), by: a, now: 9_002).isEmpty)
    }

    @Test func commandWithoutInstanceChangesTheStandingOrdersOnceItIsAudited() {
        var tracker = CommandTracker()
        let detail = "covers none now; holds for agents to come"
        #expect(
            tracker.submit(command, .standing(detail: detail), by: 1, now: 100)
                == [.record(command, [])])
        let actions = tracker.recorded("c1", isAudited: true, now: 106)
        #expect(actions.contains(.changeStanding(command)))
        #expect(
            told(actions) == [
                status(nil, .acked, detail),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 0)),
            ])
        #expect(tracker.recorded("c1", isAudited: true, now: 107).isEmpty)
    }

    @Test func commandWithoutInstanceChangesNothingUnlessItIsAudited() {
        for isLate in [false, true] {
            var tracker = CommandTracker()
            _ = tracker.submit(command, .standing(detail: "holds"), by: 1, now: 100)
            let actions =
                isLate ? tracker.tick(now: 2_100) : tracker.refused("c1", "no audit log")
            #expect(!actions.contains(.changeStanding(command)))
            #expect(told(actions).last == .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)))
            #expect(tracker.recorded("c1", isAudited: true, now: 2_200).isEmpty)
        }
    }

    /// A hung instance must not keep a hold in force; a refusal does.
    @Test func unansweredResetEndsStandingOrdersAndARefusedOneDoesNot() {
        var reset = command
        reset.order = .reset
        for isRefused in [false, true] {
            var tracker = CommandTracker()
            _ = tracker.submit(reset, .found([a, b]), by: 1, now: 100)
            _ = tracker.recorded("c1", isAudited: true, now: 100)
            if isRefused {
                let refusal = Ack(id: "c1", .refused(code: .conflict, detail: "version 8"))
                _ = tracker.answered(refusal, by: a, now: 101)
            }
            #expect(
                tracker.tick(now: 9_000).contains(.changeStanding(reset)) != isRefused)
        }
    }

    @Test func expiredCommandIsNotSent() {
        var tracker = CommandTracker()
        let actions = tracker.submit(command, expires: 50, .found([a]), by: 1, now: 100)
        #expect(actions.contains(.publish(.command(command))))
        #expect(
            told(actions) == [
                status(nil, .timedOut, "not sent: it came 50 ms too late to the hub"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
        #expect(tracker.recorded("c1", isAudited: true, now: 101).isEmpty)
    }

    @Test func shorterOperatorTimeoutShortensTheExpiry() {
        var tracker = CommandTracker()
        _ = tracker.submit(command, expires: 600, .found([a]), by: 1, now: 100)
        _ = tracker.recorded("c1", isAudited: true, now: 101)
        #expect(tracker.tick(now: 599).isEmpty)
        #expect(told(tracker.tick(now: 600)).count == 2)
    }
}

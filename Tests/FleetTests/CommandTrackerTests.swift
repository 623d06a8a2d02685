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
        _ book: inout CommandTracker, to instances: [InstanceID], by requester: Int = 1,
        now: Double = 100
    ) -> [CommandTracker.Action] {
        _ = book.submit(command, .found(instances), by: requester, now: now)
        return book.recorded(command.id, isAudited: true, now: now)
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
        var book = CommandTracker()
        let actions = send(&book, to: [a, b])
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
        var book = CommandTracker()
        _ = send(&book, to: [a, b])
        let first = book.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 112)
        #expect(told(first) == [status(a, .acked, took: 12)])
        let second = book.answered(
            Ack(id: "c1", .refused(code: .refused, detail: "at least 1")), by: b, now: 120)
        #expect(
            told(second) == [
                status(b, .refused, took: 20, "at least 1"),
                .commandDone(CommandDone(id: "c1", acked: 1, failed: 1)),
            ])
    }

    @Test func missingAnswerTimesOutAndALaterAnswerIsLate() {
        var book = CommandTracker()
        _ = send(&book, to: [a])
        #expect(book.tick(now: 2_099).isEmpty)
        #expect(
            told(book.tick(now: 2_100)) == [
                status(a, .timedOut, took: 2_000, "no answer within 2s"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
        let late = book.answered(Ack(id: "c1", .ok(version: nil)), by: a, now: 5_000)
        #expect(
            told(late) == [
                status(a, .late, took: 2_000, "done, but answered after it had timed out")
            ])
    }

    @Test func commandEndsWhenItsAgentDisconnects() {
        var book = CommandTracker()
        _ = send(&book, to: [a])
        #expect(
            told(book.gone(a)) == [
                status(a, .noAgent, "the agent went away before it answered"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
    }

    @Test func addressWithoutInstancesEndsAsNoAgentAtOnce() {
        var book = CommandTracker()
        let actions = book.submit(command, .nothing(detail: "no agents"), by: 1, now: 100)
        #expect(
            told(actions) == [
                status(nil, .noAgent, "no agents"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
    }

    @Test func repeatedCommandIDIsAnsweredAndNotCarriedOutAgain() {
        var book = CommandTracker()
        _ = send(&book, to: [a])
        _ = book.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 112)
        let again = book.submit(command, .found([a]), by: 2, now: 200)
        #expect(sent(again).isEmpty)
        #expect(
            again == [
                .repeated(2, status(a, .acked, took: 12)),
                .repeated(2, .commandDone(CommandDone(id: "c1", acked: 1, failed: 0))),
            ])
    }

    @Test func wrongAndRepeatedAnswersChangeNothing() {
        var book = CommandTracker()
        _ = send(&book, to: [a])
        #expect(book.answered(Ack(id: "c2", .ok(version: 3)), by: a, now: 110).isEmpty)
        #expect(book.answered(Ack(id: "c1", .ok(version: 3)), by: b, now: 110).isEmpty)
        _ = book.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 112)
        #expect(book.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 113).isEmpty)
        #expect(book.tick(now: 9_000).isEmpty)
    }

    @Test func disconnectedOperatorGetsNoReply() {
        var book = CommandTracker()
        _ = send(&book, to: [a])
        book.left(1)
        let actions = book.answered(Ack(id: "c1", .ok(version: 3)), by: a, now: 112)
        #expect(told(actions).isEmpty)
    }

    @Test func commandIsNotSentBeforeItIsAudited() {
        var book = CommandTracker()
        #expect(
            book.submit(command, .found([a, b]), by: 1, now: 100) == [.record(command, [a, b])])
        #expect(book.answered(Ack(id: "c1", .ok(version: nil)), by: a, now: 101).isEmpty)
        let actions = book.recorded("c1", isAudited: false, now: 105)
        #expect(sent(actions) == [a, b])
        var unaudited = command
        unaudited.isAudited = false
        #expect(actions.first == .publish(.command(unaudited)))
        #expect(book.recorded("c1", isAudited: true, now: 106).isEmpty)
    }

    @Test func forbiddenCommandIsRefusedAtEachInstance() {
        var book = CommandTracker()
        _ = book.submit(command, .found([a]), by: 1, now: 100)
        #expect(
            told(book.refused("c1", "no audit log")) == [
                status(a, .refused, "no audit log"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
        #expect(book.recorded("c1", isAudited: true, now: 106).isEmpty)
    }

    @Test func commandQueuedForTooLongTimesOutAndIsNeverSent() {
        var book = CommandTracker()
        _ = book.submit(command, .found([a]), by: 1, now: 100)
        #expect(told(book.tick(now: 2_100)).count == 2)
        #expect(sent(book.recorded("c1", isAudited: true, now: 2_200)).isEmpty)
    }

    @Test func firstAckReportsTheCommandAsCarriedOut() {
        var book = CommandTracker()
        _ = send(&book, to: [a, b])
        let refusal = Ack(id: "c1", .refused(code: .refused, detail: "no"))
        #expect(!book.answered(refusal, by: a, now: 101).contains(.firstAcked(command)))
        #expect(
            book.answered(Ack(id: "c1", .ok(version: 2)), by: b, now: 102).first
                == .firstAcked(command))
    }

    @Test func lateAckReportsTheCommandAsCarriedOut() {
        var book = CommandTracker()
        _ = send(&book, to: [a])
        _ = book.tick(now: 9_000)
        let late = book.answered(Ack(id: "c1", .ok(version: nil)), by: a, now: 9_001)
        #expect(late.first == .firstAcked(command))
        #expect(book.answered(Ack(id: "c1", .ok(version: nil)), by: a, now: 9_002).isEmpty)
    }

    @Test func expiredCommandIsNotSent() {
        var book = CommandTracker()
        let actions = book.submit(command, expires: 50, .found([a]), by: 1, now: 100)
        #expect(actions.contains(.publish(.command(command))))
        #expect(
            told(actions) == [
                status(nil, .timedOut, "not sent: it came 50 ms too late to the hub"),
                .commandDone(CommandDone(id: "c1", acked: 0, failed: 1)),
            ])
        #expect(book.recorded("c1", isAudited: true, now: 101).isEmpty)
    }

    @Test func shorterOperatorTimeoutShortensTheExpiry() {
        var book = CommandTracker()
        _ = book.submit(command, expires: 600, .found([a]), by: 1, now: 100)
        _ = book.recorded("c1", isAudited: true, now: 101)
        #expect(book.tick(now: 599).isEmpty)
        #expect(told(book.tick(now: 600)).count == 2)
    }
}

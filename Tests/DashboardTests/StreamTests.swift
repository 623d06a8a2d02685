import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

@Suite struct StreamTests {
    @Test func lostHubIsNotShownAsHubWithoutAgents() {
        var state = Scenario.state(lines: [])
        #expect(state.screen.contains { $0.contains("No agents yet") })
        _ = update(&state, .disconnected(why: "connection closed"))
        #expect(state.screen.contains { $0.contains("the hub does not answer: connection closed") })
        #expect(!state.screen.contains { $0.contains("No agents yet") })
    }

    private func journal(_ state: State) -> String { state.screen.joined(separator: "\n") }

    private func open(_ id: String) -> Line {
        var command = StreamCommand(
            id: id, address: "router:llm/openai", order: .reset, reason: "fixed")
        command.who = "ops"
        return Line(at: Scenario.now, .command(command))
    }

    private func status(
        _ status: CommandStatus.Status, _ instance: InstanceID? = Scenario.router,
        took: Double? = nil, detail: String? = nil
    ) -> Line {
        Line(
            at: Scenario.now,
            .commandStatus(
                CommandStatus(
                    id: "c9", instance: instance, status: status, tookMS: took, detail: detail)))
    }

    @Test func commandIsOneJournalEntryThroughItsLife() {
        var state = Scenario.state()
        _ = update(&state, .lines([open("c9"), status(.sent)]))
        #expect(journal(state).contains("ops reset router:llm/openai (fixed) -> pending"))
        _ = update(&state, .lines([status(.acked, took: 12)]))
        #expect(journal(state).contains("ops reset router:llm/openai (fixed) -> acked 12.0ms"))
        #expect(!journal(state).contains("pending"))
    }

    @Test func answersOfReplicasAreSummedInOneEntry() {
        var lines = [
            Line(
                at: Scenario.now,
                .command(
                    StreamCommand(id: "c9", address: "planner:pay/stripe", order: .reset)))
        ]
        lines += Scenario.planner.map { status(.sent, $0) }
        lines += Scenario.planner.prefix(2).map { status(.acked, $0, took: 2.14) }
        lines.append(status(.refused, Scenario.planner[2], took: 1, detail: "not now"))
        let state = Scenario.state(lines: Scenario.lines + lines)
        #expect(journal(state).contains("-> acked 2/3 2.1ms, refused @c7710000: not now"))
    }

    @Test(arguments: [
        (CommandStatus.Status.timedOut, "-> timed out: no answer within 2 s"),
        (.noAgent, "-> no agent: no answer within 2 s"),
        (.late, "-> late: no answer within 2 s"),
    ])
    func failuresAreNamed(what: CommandStatus.Status, words: String) {
        var state = Scenario.state()
        _ = update(&state, .lines([open("c9"), status(what, detail: "no answer within 2 s")]))
        #expect(journal(state).contains(words))
    }

    @Test func unansweredCommandsOfALostHubAreUnknown() {
        var state = Scenario.state()
        state.select("router", "llm/openai")
        state.type("r")
        state.press(keys: .tab, .enter)
        _ = update(&state, .disconnected(why: "closed"))
        #expect(journal(state).contains("-> unknown: the hub was lost before it answered"))
    }

    @Test func pauseFreezesTheViewAndResumeAppliesMissedLines() {
        var state = Scenario.state()
        state.type(" ")
        let before = state.screen
        let back = Scenario.change(
            Scenario.router, "llm/openai", ago: -1_000, .halfOpen, .closed, "3 probes went well")
        _ = update(&state, .lines([back, back]))
        _ = update(&state, .tick(at: Scenario.now + 30_000))
        #expect(state.screen == before)
        state.press(keys: .down)
        #expect(state.screen[0].contains("2 events waiting"))
        state.type(" ")
        #expect(state.screen[0].contains("LIVE"))
        #expect(state.screen[0].contains("14:03:01Z"))
        #expect(state.screen[1].contains("HALF") == false)
    }

    @Test func orderIsNotSentWhilePaused() {
        var state = Scenario.state()
        state.type(" o")
        #expect(state.notice?.text.hasPrefix("paused") == true)
    }

    @Test func incompleteKeyframeIsNotShownOnTheScreen() {
        var state = Scenario.state()
        let before = state.screen
        _ = update(&state, .lines([Line(at: Scenario.now, .keyframe(lines: 100))]))
        _ = update(&state, .tick(at: Scenario.now))
        #expect(state.screen == before)
        _ = update(&state, .lines([Line(at: Scenario.now, .keyframeEnd)]))
        #expect(state.screen[1].contains("no agents yet"))
    }

    @Test(arguments: [false, true]) func keyframeShowsTheSameAsItsLines(hasHistory: Bool) {
        // The reason why an agent left is not in a keyframe, so leave that agent out.
        let state = Scenario.state(lines: Scenario.lines.filter { $0.source != Scenario.batch })
        let keyframe = state.stream.fleet.keyframe(at: Scenario.now, hasHistory: hasHistory)
        let again = Scenario.state(lines: Array(keyframe))
        #expect(again.screen == state.screen)
    }

    @Test func valuesOfALostHubAreMutedAndDoNotAge() {
        var state = Scenario.state()
        _ = update(&state, .disconnected(why: "closed"))
        let before = state.screen
        _ = update(&state, .tick(at: Scenario.now + 20_000))
        // The header counts the seconds, and the last line no longer shows the reason.
        #expect(state.screen[1..<39] == before[1..<39])
        #expect(state.screen[0].contains("HUB LOST 20s"))
        let roles = render(state, glyphs: .unicode).row(4).map(\.style.role)
        #expect(Set(roles) == [.border, .stale])
        _ = update(&state, .connected)
        #expect(state.screen[0].contains("hub ok"))
    }

    @Test func keysControlTheReplay() {
        var state = Scenario.state(mode: .replay(file: "x.ndjson"))
        #expect(state.type(" ") == [.replay(.setPaused(true))])
        #expect(state.type(".") == [.replay(.step(1))])
        #expect(state.type(" ") == [.replay(.setPaused(false))])
        #expect(state.type("<<<") == [.replay(.setSpeed(0.5)), .replay(.setSpeed(0.25))])
        state.type(">>>>>>>>>>")
        #expect(state.time.playback.speed == .infinity)
        #expect(state.screen[0].contains(" max "))
        #expect(state.type("((").isEmpty)
        #expect(state.type("<") == [.replay(.setSpeed(64))])
        #expect(state.type("o").isEmpty)
        #expect(state.notice?.text == "this is a recording: nothing can be changed")
    }

    @Test func endOfReplayAndDamageAreShown() {
        var state = Scenario.state(mode: .replay(file: "x.ndjson"))
        _ = update(&state, .replayEnded(damage: "3 lines were lost"))
        #expect(state.screen[0].contains("END"))
        #expect(state.screen[39].contains("3 lines were lost"))
    }

    @Test func noticesDisappearAfterSecondsOrWithAKey() {
        var state = Scenario.state()
        _ = update(&state, .notice("TERM is unknown"))
        for _ in 0..<7 {
            // The time shown does not affect the countdown.
            _ = update(&state, .tick(at: Scenario.now + 100_000))
            _ = update(&state, .secondPassed)
        }
        #expect(state.screen[39].contains("TERM is unknown"))
        _ = update(&state, .secondPassed)
        #expect(!state.screen[39].contains("TERM is unknown"))
    }

    @Test func stepBackWorksInAReplay() {
        var state = Scenario.state(mode: .replay(file: "x.ndjson"))
        _ = update(
            &state, .lines([Line(at: 1_000, .keyframe(lines: 0)), Line(at: 1_000, .keyframeEnd)]))
        _ = update(&state, .tick(at: 1_000))
        #expect(state.table.rows.isEmpty)
        #expect(state.screen[0].contains("00:00:01Z"))
    }

    @Test func keysThatQuit() {
        var state = Scenario.state()
        #expect(state.type("q") == [.quit])
        #expect(state.press(keys: .control("c")) == [.quit])
        #expect(state.type("/q").isEmpty)
    }

    @Test func unreadableLineReconnectsToTheHub() {
        var state = Scenario.state()
        let bytes = Array("{\"t\":\"delta\",\"at\":5}\n".utf8)
        #expect(
            update(&state, .batch(LineBatch(bytes: bytes))) == [
                .reconnect(
                    why: "cannot decode a line from the hub: the field \"s\" of the \"delta\" line "
                        + "is missing")
            ])
    }

    /// The screen is drawn for changes only.
    @Test func screenIsDrawnOnlyWhenItChanges() {
        var state = Scenario.state()
        var counters = Counters()
        counters.ok = 1
        let delta = Delta(strategy: "llm/openai", sequence: 900, spanMS: 500, counters: counters)
        let figures = Line(at: Scenario.now, source: Scenario.router, .delta(delta))
        #expect(update(&state, .lines([figures])).isEmpty)
        #expect(update(&state, .lines([open("c9")])) == [.draw])
        #expect(update(&state, .tick(at: Scenario.now + 1_000)) == [.draw])
        #expect(update(&state, .clock(at: Scenario.now + 2_000)) == [.draw])
        #expect(state.screen[0].contains("14:02:33Z"))
        #expect(state.type(" ") == [.follow(figures: false)])
        #expect(update(&state, .tick(at: Scenario.now + 3_000)).isEmpty)
        #expect(update(&state, .clock(at: Scenario.now + 4_000)).isEmpty)
        #expect(state.screen[0].contains("14:02:33Z"))
        _ = update(&state, .disconnected(why: "it ended"))
        #expect(update(&state, .clock(at: Scenario.now + 5_000)) == [.draw])
    }
}

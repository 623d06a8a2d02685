import Fleet
import ResilienceWire
import Screen
import Testing

@testable import Dashboard

/// Tests of seeking to events in a recording.
@Suite struct SeekingTests {
    static func state(width: Int = 120) -> State {
        var state = Scenario.state(
            width: width, mode: .replay(file: "night.ndjson"), mayControl: false)
        let start = Scenario.now - 600_000
        _ = update(&state, .timeline(Timeline(start...Scenario.now, Scenario.lines)))
        return state
    }

    private func goals(_ keys: String, _ state: inout State) -> [Int64] {
        keys.flatMap { state.press(.character($0)) }.compactMap { effect in
            if case .replay(.seek(let time)) = effect { time } else { nil }
        }
    }

    @Test func seekingFromTheEndOrAtFullSpeedSkipsNoTransition() {
        var state = Self.state()
        _ = update(&state, .tick(at: Scenario.now))
        for _ in 0..<10 { state.press(keys: .character(">")) }
        _ = update(&state, .replayEnded(damage: nil))
        let last = state.time.timeline?.marks.last {
            $0.weight == .transition || $0.weight == .opening
        }?
        .at
        #expect(goals("(", &state) == [last])
        #expect(state.time.playback.end == nil)
        #expect(state.time.playback.isPaused)
        #expect(state.screen[0].contains("PAUSED max"))
    }

    @Test func invalidTimeGoesNowhere() {
        var state = State(
            mode: .live, host: "h", mayControl: false, keepsPast: true, isTime: { _ in false },
            makeID: { "" })
        _ = update(&state, .resized(width: 80, height: 24))
        #expect(state.type(":at 25:99").isEmpty)
        #expect(state.press(keys: .enter).allSatisfy { $0 == .remember("at 25:99") })
        #expect(state.time.past == nil)
        #expect(state.notice?.text.hasPrefix("'25:99' is not a time; expected 14:02") == true)
    }

    @Test func keyGoesToThePreviousTransitionAndSelectsItsRow() throws {
        var state = Self.state()
        let last = try #require(
            Scenario.lines.last { Timeline.Weight($0.message)?.kind == .transition }?.at)
        state.time.playback.isPaused = true
        #expect(goals("(", &state) == [last])
        #expect(state.table.selection?.strategy == "llm/openai")
        _ = update(&state, .tick(at: last))
        #expect(state.notice?.text.hasPrefix("transition 7 of 7, 14:01:56") == true)
    }

    @Test func keysGoToCommandsAndAlerts() {
        var state = Self.state()
        state.time.playback.isPaused = true
        for (keys, kind) in [("{", Timeline.Kind.command), ("[", .alert)] {
            let times = Scenario.lines.filter { Timeline.Weight($0.message)?.kind == kind }
                .compactMap(\.at).filter { $0 < Scenario.now }
            #expect(goals(keys, &state) == [times.max()].compactMap(\.self))
        }
        #expect(goals("}]", &state).isEmpty)
        #expect(state.notice?.text == "no later alert in the recording")
    }

    @Test func seekingWhilePlayingSkipsTheMarkJustPassed() throws {
        var state = Self.state()
        let at = try #require(
            Scenario.lines.last { Timeline.Weight($0.message)?.kind == .transition }?.at)
        _ = update(&state, .tick(at: at + 500))
        #expect(try #require(goals("(", &state).first) < at)
    }

    @Test func digitKeysGoToTenthsOfTheRecording() {
        var state = Self.state()
        #expect(goals("05", &state) == [Scenario.now - 600_000, Scenario.now - 300_000])
        var live = Scenario.state()
        #expect(live.press(.character("5")).isEmpty)
    }

    @Test func seekBarShowsPositionAndEvents() {
        var state = Self.state()
        #expect(state.screen[2].hasPrefix(" 13:52:31 ─"))
        #expect(state.screen[2].hasSuffix("● 14:02:31"))
        #expect(state.screen[2].contains("○"))
        _ = update(&state, .tick(at: Scenario.now - 600_000))
        #expect(state.screen[2].hasPrefix(" 13:52:31 ●"))
    }

    @Test func keyframeLinesGetNoMarks() {
        let keyframe = Array(Scenario.state().stream.fleet.keyframe(at: Scenario.now))
        #expect(keyframe.contains { if case .breaker = $0.message { true } else { false } })
        #expect(Timeline(0...1, keyframe).marks.isEmpty)
    }

    @Test func seekingBeforeTheTimelineIsCompleteSaysSo() {
        var state = Scenario.state(mode: .replay(file: "x"), mayControl: false)
        #expect(goals("5(", &state).isEmpty)
        #expect(state.notice?.text.contains("is being searched") == true)
    }
}

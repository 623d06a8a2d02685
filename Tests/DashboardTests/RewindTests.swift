import ResilienceWire
import Screen
import Testing

@testable import Dashboard

/// Tests of the past shown in a live dashboard.
@Suite struct RewindTests {
    @Test func missingPastIsExplained() {
        var state = Scenario.state(keepsPast: true)
        state.type(",")
        #expect(state.time.past != nil)
        _ = update(&state, .past(.replayFailed(why: "the disk cannot be written")))
        #expect(state.time.past == nil)
        #expect(state.notice?.text == "cannot show the past: the disk cannot be written")
    }

    @Test func pausedPeriodHasNoFiguresAndSaysSo() {
        var state = Scenario.state(keepsPast: true)
        state.type(" ")
        _ = update(&state, .clock(at: Scenario.now + 60_000))
        #expect(state.press(.character(" ")) == [.follow(figures: true)])
        _ = update(&state, .tick(at: Scenario.now + 61_000))
        state.type(",")
        #expect(!state.screen[0].contains("no figures"))
        _ = update(&state, .past(.tick(at: Scenario.now + 30_000)))
        #expect(state.screen[0].contains("paused then: no data"))
    }

    /// A dashboard that shows a past time at which a breaker was still closed.
    private static func past() -> State {
        var state = Scenario.state(keepsPast: true)
        state.type(",")
        let then = Scenario.now - 300_000
        let lines = Scenario.lines.filter { ($0.at ?? 0) <= then }
        _ = update(
            &state,
            .past(
                .lines(
                    [Line(at: then, .keyframe(lines: lines.count))] + lines
                        + [Line(at: then, .keyframeEnd)])))
        _ = update(&state, .past(.tick(at: then)))
        return state
    }

    @Test func firstStepGoesBackOneSecondAndPauses() {
        var state = Scenario.state(keepsPast: true)
        #expect(
            state.press(.character(","))
                == [.replay(.setPaused(true)), .replay(.seek(Scenario.now - 1_000))])
        #expect(state.screen[0].contains("PAST"))
        #expect(state.screen[0].contains("PAUSED"))
        #expect(state.press(.character(",")) == [.replay(.step(-1))])
    }

    @Test func pastStaysShownWhileNewLinesArrive() {
        var state = Self.past()
        let before = state.screen
        #expect(before[0].contains("13:57:31Z"))
        let change = Scenario.change(
            Scenario.router, "llm/openai", ago: -1_000, .halfOpen, .closed, "3 probes went well")
        _ = update(&state, .lines([change]))
        _ = update(&state, .tick(at: Scenario.now + 30_000))
        // The last line showed the keys of the replay.
        #expect(state.screen.dropLast() == before.dropLast())
    }

    @Test func endKeyReturnsToThePresent() {
        var state = Self.past()
        let change = Scenario.change(
            Scenario.router, "llm/openai", ago: -1_000, .halfOpen, .closed, "3 probes went well")
        _ = update(&state, .lines([change]))
        #expect(state.press(.end) == [.present])
        #expect(state.screen[0].contains("LIVE"))
        #expect(state.screen[0].contains("14:02:31Z"))
        #expect(!state.screen[1].contains("HALF"))
    }

    @Test func pastThatCatchesUpBecomesThePresent() {
        var state = Self.past()
        #expect(update(&state, .past(.replayEnded(damage: nil))) == [.present])
        #expect(state.screen[0].contains("LIVE"))
        // Late events of the past are not applied to the present.
        _ = update(&state, .past(.tick(at: 1)))
        #expect(state.screen[0].contains("14:02:31Z"))
    }

    @Test func noOrderIsSentWhileThePastIsShown() {
        var state = Self.past()
        state.type("o")
        #expect(state.notice?.text == "this is the past: End returns to now")
    }

    @Test func typedTimeGoesToThePast() {
        var state = Scenario.state(keepsPast: true)
        state.type(":at -10m")
        #expect(state.press(.enter).contains(.replay(.goTo("-10m", isUTC: true))))
        #expect(state.time.past != nil)
    }

    @Test func goingToThePastEndsThePause() {
        var state = Scenario.state(keepsPast: true)
        state.type(" ")
        #expect(state.press(.character(",")).contains(.follow(figures: true)))
        #expect(state.time.frozen == nil)
    }

    @Test func dashboardWithoutAPastSaysSo() {
        var state = Scenario.state()
        state.type(",")
        #expect(state.notice?.text.hasPrefix("the past is not kept here") == true)
        #expect(state.time.past == nil)
    }
}

import ResilienceWire
import Screen
import Testing

@testable import Dashboard

@Suite struct CommandLineTests {
    /// Types a line after `:` and runs it.
    private func run(_ line: String, in state: inout State) -> [Effect] {
        state.type(":" + line)
        return state.press(keys: .enter).filter {
            if case .remember = $0 { false } else { true }
        }
    }

    private func line(_ state: State) -> String? {
        if case .command(let line) = state.navigation.overlay { line.field.text } else { nil }
    }

    @Test func everyKeyHasACommandWithTheSameEffect() {
        let bindings = KeyTable.bindings.filter { ![.command, .seek].contains($0.intent) }
        let words = bindings.compactMap(\.command)
        #expect(words.count == bindings.count)
        #expect(Set(words).count == words.count)
        for word in CommandWord.all
        where ![.agent, .theme, .record, .at].contains(word.purpose) {
            #expect(throws: Never.self) { try ViewCommand(word.name) }
        }
    }

    @Test func commandsGoBackAndToAnyTimeInAReplay() {
        var state = State(mode: .replay(file: "r.ndjson"), host: "", mayControl: false) { "" }
        _ = update(&state, .resized(width: 80, height: 24))
        #expect(state.press(.character(",")) == [.replay(.step(-1))])
        #expect(run("at 14:02", in: &state) == [.replay(.goTo("14:02", isUTC: true))])
        _ = run("utc", in: &state)
        #expect(run("at 14:02", in: &state) == [.replay(.goTo("14:02", isUTC: false))])
        state = Scenario.state()
        #expect(run("at 14:02", in: &state) == [])
        #expect(state.notice?.text.hasPrefix("the past is not kept") == true)
    }

    @Test(arguments: ["open", "reset", "probe", "limits"])
    func actionCommandsOpenTheSameDialogsAsKeys(word: String) {
        var state = Scenario.state()
        #expect(run(word, in: &state).isEmpty)
        switch state.navigation.overlay {
        case .dialog, .limits: break
        case .none, .help, .filter, .command: Issue.record("nothing was asked")
        }
    }

    @Test func wordsAfterACommandAreTaken() {
        var state = Scenario.state()
        _ = run("filter state:open", in: &state)
        #expect(state.table.rows.map(\.id.strategy) == ["pay/stripe"])
        _ = run("filter", in: &state)
        state.press(keys: .escape)
        _ = run("sort name", in: &state)
        #expect(state.table.sort.key == .name)
        _ = run("group target", in: &state)
        #expect(state.table.grouping == .target)
        _ = run("group none", in: &state)
        _ = run("errors HTTP 429", in: &state)
        #expect(state.navigation.errors?.type == "HTTP 429")
        _ = run("agent router", in: &state)
        #expect(state.navigation.page.isMain)
        #expect(state.table.agent == "router")
        #expect(run("theme light", in: &state) == [.theme("light")])
        #expect(run("quit", in: &state) == [.quit])
    }

    @Test func detailCommandWorksForAFoldedRow() {
        var state = Scenario.state()
        _ = run("detail", in: &state)
        #expect(state.screen[2].contains("Detail planner:pay/stripe x3"))
    }

    @Test func limitsCommandSelectsTheNamedLimit() {
        var state = Scenario.state()
        _ = run("limits max_retries", in: &state)
        #expect(
            state.notice?.text
                == "planner:pay/stripe has no limit max_retries; it has max_attempts")
        _ = run("limits max_attempts", in: &state)
        guard case .limits = state.navigation.overlay else {
            Issue.record("no list")
            return
        }
    }

    @Test(arguments: [
        ("opne", "there is no command 'opne'; did you mean 'open'?"),
        ("xyzzy", "there is no command 'xyzzy'; ? lists them"),
        ("p", "'p' is ambiguous: probe, pause, page-up, page-down, pane"),
        ("pause now", "'pause' takes no argument, not 'now'"),
        ("sort size", "'sort size': expected one of risk, name, served, failures, tries"),
        ("group x", "'group x': expected one of none, strategy, target, agent"),
        ("agent", "agent needs a name; Tab lists them"),
        ("record", "record needs a file name, or: stop"),
        ("utc maybe", "'maybe' is not valid; expected on or off"),
        ("agent ruoter", "there is no agent 'ruoter'; did you mean 'router'?"),
    ])
    func invalidCommandLineShowsAnError(text: String, words: String) {
        var state = Scenario.state()
        #expect(run(text, in: &state).isEmpty)
        #expect(state.notice?.text == words)
    }

    @Test func unambiguousPrefixOfAWordIsEnough() {
        var state = Scenario.state()
        #expect(run("q", in: &state) == [.quit])
    }

    @Test func tabCompletesAndThenCycles() {
        var state = Scenario.state()
        state.type(":gr")
        state.press(keys: .tab)
        #expect(line(state) == "group ")
        var seen: [String?] = []
        for _ in 0..<5 {
            state.press(keys: .tab)
            seen.append(line(state))
        }
        #expect(
            seen == ["group none", "group strategy", "group target", "group agent", "group none"])
        state.press(keys: .backTab)
        #expect(line(state) == "group agent")
    }

    @Test func tabCompletesTheCommonPrefix() {
        var state = Scenario.state()
        state.type(":p")
        state.press(keys: .tab)
        state.press(keys: .escape)
        state.type(":pag")
        state.press(keys: .tab)
        #expect(line(state) == "page-")
    }

    @Test(arguments: [
        (":errors h", "errors HTTP "), (":agent ro", "agent router"),
        (":filter pay st", "filter pay state:"), (":limits m", "limits max_attempts"),
        (":theme mo", "theme mono"), (":utc o", "utc o"),
    ])
    func argumentsAreCompleted(typed: String, completed: String) {
        var state = Scenario.state()
        state.type(typed)
        if typed != ":utc o" { state.press(keys: .tab) }
        #expect(line(state) == completed)
    }

    @Test func candidatesAreShownBesideTheLine() {
        var state = Scenario.state()
        state.type(":re")
        #expect(state.screen[39].contains(":re"))
        #expect(state.screen[39].contains("reset reverse"))
    }

    @Test func upAndDownRecallLines() {
        var state = Scenario.state()
        _ = run("sort name", in: &state)
        _ = run("group agent", in: &state)
        _ = run("sort name", in: &state)
        #expect(state.history == ["group agent", "sort name"])
        state.type(":so")
        state.press(keys: .up, .up, .up)
        #expect(line(state) == "group agent")
        state.press(keys: .down, .down)
        #expect(line(state) == "so")
    }

    @Test func executedLinesAreReportedForTheHistory() {
        var state = Scenario.state()
        state.type(":utc")
        #expect(state.press(keys: .enter) == [.remember("utc")])
        for index in 0..<200 { _ = run("filter \(index)", in: &state) }
        #expect(state.history.count == State.historyLimit)
    }

    @Test func escAndAnEmptyLineDoNothing() {
        var state = Scenario.state()
        let before = state.screen
        state.type(":quit")
        #expect(state.press(keys: .escape).isEmpty)
        state.type(":")
        #expect(state.press(keys: .enter).isEmpty)
        state.type(":")
        #expect(state.press(keys: .backspace).isEmpty)
        #expect(state.screen == before)
    }

    @Test func lockDisablesActions() {
        var state = Scenario.state()
        _ = run("lock", in: &state)
        #expect(state.screen[0].contains("READ ONLY"))
        #expect(!state.screen[39].contains("reset"))
        state.type("o")
        #expect(state.notice?.text == "locked: restart the dashboard to act on agents")
        state.press(keys: .escape)
        state.type("?")
        #expect(!state.screen.contains { $0.contains("force the breaker open") })
    }

    @Test func utcChangesTheClockAndAllTimes() {
        let counter = Counter()
        var state = State(
            mode: .live, host: "h", mayControl: true, secondsAhead: { _ in 19_800 },
            makeID: { counter.next() })
        for event in [
            Event.resized(width: 120, height: 40), .connected, .lines(Scenario.lines),
            .tick(at: Scenario.now),
        ] {
            _ = update(&state, event)
        }
        #expect(state.screen[0].contains("14:02:31Z"))
        _ = run("utc off", in: &state)
        #expect(state.screen[0].contains("19:32:31+05:30"))
        #expect(state.screen.contains { $0.contains("19:31:53 planner@9f3a") })
        #expect(state.screen.contains { $0.contains("19:31:53 @9f3a0000 closed -> open") })
        _ = run("utc", in: &state)
        #expect(state.screen[0].contains("14:02:31Z"))
    }

    @Test func recordingIsStartedShownAndEnded() {
        var state = Scenario.state()
        // The recording may not have reported its status yet.
        #expect(run("record stop", in: &state) == [.stopRecording])
        #expect(run("record a file.ndjson", in: &state) == [.record("a file.ndjson")])
        let news = RecordingStatus(since: Scenario.now - 42_000, bytes: 18_240_000)
        _ = update(&state, .recording(news))
        #expect(state.screen[0].contains("REC 42s 18.2 MB"))
        state.type(" ")
        _ = update(&state, .recording(RecordingStatus(since: news.since, bytes: 99_000_000)))
        #expect(state.screen[0].contains("REC 42s 18.2 MB"))
        state.type(" ")
        _ = update(
            &state,
            .recording(RecordingStatus(since: 0, bytes: 18_240_000, lost: 412, isStopped: true)))
        #expect(state.screen[0].contains("REC STOPPED 412 lost"))
        #expect(run("record stop", in: &state) == [.stopRecording])
        _ = update(&state, .recording(nil))
        #expect(!state.screen[0].contains("REC"))
        var replay = Scenario.state(mode: .replay(file: "x"), mayControl: false)
        #expect(run("record y", in: &replay).isEmpty)
        #expect(replay.notice?.text == "cannot record: this is already a recording")
    }

    @Test func pastedTextStaysInTheLine() {
        var state = Scenario.state()
        state.type(":")
        #expect(state.press(keys: .paste("quit\n")).isEmpty)
        #expect(line(state)?.hasPrefix("quit") == true)
    }
}

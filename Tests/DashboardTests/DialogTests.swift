import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

@Suite struct DialogTests {
    private func asking(_ key: String, _ agent: String, _ strategy: String) -> State {
        var state = Scenario.state()
        state.select(agent, strategy)
        state.type(key)
        return state
    }

    private func dialog(_ state: State) -> Dialog? {
        if case .dialog(let dialog) = state.navigation.overlay { dialog } else { nil }
    }

    @Test(arguments: ["o", "r", "p"])
    func noSingleKeyActs(key: String) {
        var state = Scenario.state()
        #expect(state.type(key).isEmpty)
        #expect(dialog(state)?.focus == .cancel)
        #expect(state.press(keys: .enter).isEmpty)
        #expect(dialog(state) == nil)
    }

    @Test(arguments: ["o", "r", "p"], [Key.enter, .escape])
    func cancelledDialogWithInputSaysThatNothingWasSent(_ order: String, _ leave: Key) {
        for (typed, notice) in [
            ([], nil), ([Key.character("x")], "cancelled, nothing sent"),
            ([.character("x"), .backspace], nil),
        ] {
            var state = asking(order, "planner", "pay/stripe")
            while dialog(state)?.focus != .reason { state.press(keys: .tab) }
            for key in typed { state.press(keys: key) }
            while dialog(state)?.focus != .cancel { state.press(keys: .tab) }
            #expect(state.press(keys: leave).isEmpty)
            #expect(dialog(state) == nil)
            #expect(state.notice?.text == notice)
        }
    }

    @Test func tabGoesFromCancelToTheActionToTheFields() {
        var state = asking("r", "planner", "pay/stripe")
        var visited: [Dialog.Control?] = []
        for _ in 0..<6 {
            visited.append(dialog(state)?.focus)
            state.press(keys: .tab)
        }
        #expect(visited == [.cancel, .confirm, .probeFirst, .reason, .name, .cancel])
    }

    /// The order also applies to an instance that replaces this one, in any state.
    @Test func orderToAnAgentsRowIsAddressedByName() {
        var state = asking("o", "router", "llm/openai")
        let effects = state.press(keys: .tab, .enter)
        let command = OperatorCommand(
            id: "id-1", address: "router:llm/openai", order: .open(forMS: 900_000))
        #expect(effects == [.send(command)])
        #expect(state.screen.contains { $0.contains("you open for 15m router:llm/openai") })
        #expect(state.screen.contains { $0.contains("-> pending") })
    }

    @Test func openDialogShowsThePresentState() {
        var state = asking("r", "router", "llm/openai")
        #expect(dialog(state)?.version == 9)
        state.press(keys: .tab, .tab, .tab)
        state.type("vendor")
        let open = Scenario.change(
            Scenario.router, "llm/openai", ago: 0, .halfOpen, .closed, "3 of 3 probes")
        _ = update(&state, .lines([open]))
        #expect(dialog(state)?.effect.hasPrefix("CLOSED now; ") == true)
        #expect(dialog(state)?.version == 10)
        #expect(dialog(state)?.reasonText == "vendor")
        #expect(dialog(state)?.focus == .reason)
    }

    @Test func newInstanceMovesTheFocusBackToCancel() {
        var state = asking("r", "planner", "pay/stripe")
        state.press(keys: .backTab)
        state.type("pay/stripe")
        state.press(keys: .enter)
        #expect(dialog(state)?.focus == .confirm)
        let id = InstanceID(agent: "planner", instance: InstanceDigits(first: "4444"))
        let up = AgentUp(pid: 4, client: "swift/1", intervalMS: 500)
        let breaker = BreakerReading(state: .closed, version: 0)
        let declaration = StrategyDeclaration(
            strategy: "pay/stripe", kind: "retry+breaker", can: [.open, .reset, .halfOpen],
            breaker: breaker)
        _ = update(
            &state,
            .lines([
                Line(at: Scenario.now, source: id, .agentUp(up)),
                Line(at: Scenario.now, source: id, .strategy(declaration)),
            ]))
        #expect(dialog(state)?.members.count == 4)
        #expect(dialog(state)?.focus == .cancel)
        #expect(dialog(state)?.refusal == "planner@44440000 is new: the order applies to it too")
        #expect(state.press(keys: .tab, .enter).isEmpty)
        #expect(dialog(state)?.focus == .name)
    }

    @Test func goneInstanceGetsNoOrder() {
        var state = asking("r", "router", "llm/openai")
        let gone = Line(
            at: Scenario.now, source: Scenario.router, .agentGone(why: "said bye"))
        _ = update(&state, .lines([gone]))
        #expect(dialog(state)?.rejection == "router is not connected: nothing was sent")
        #expect(state.press(keys: .tab, .enter).isEmpty)
        #expect(dialog(state) != nil)
    }

    @Test func orderOutcomeIsShownOnEveryPage() {
        var state = Scenario.state()
        state.select("router", "llm/openai")
        state.press(keys: .enter)
        state.type("r")
        state.press(keys: .tab, .enter)
        #expect(state.screen.last?.contains("pending (you reset router:llm/openai)") == true)
        let refused = CommandStatus(
            id: "id-1", instance: Scenario.router, status: .refused, detail: "it is busy")
        _ = update(&state, .lines([Line(at: Scenario.now, .commandStatus(refused))]))
        #expect(
            state.screen.last?.contains("refused: it is busy (you reset router:llm/openai)") == true
        )
    }

    @Test func timeAndReasonAreSent() {
        var state = asking("o", "router", "llm/openai")
        state.press(keys: .tab, .tab, .control("u"))
        state.type("2h")
        state.press(keys: .enter)
        state.type("vendor down")
        state.press(keys: .enter)
        let effects = state.press(keys: .enter)
        guard case .send(let command) = effects.first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(command.order == .open(forMS: 7_200_000))
        #expect(command.reason == "vendor down")
    }

    @Test func emptyDurationMeansUntilReset() {
        var state = asking("o", "router", "llm/openai")
        state.press(keys: .tab, .tab, .control("u"), .backTab)
        guard case .send(let command) = state.press(keys: .enter).first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(command.order == .open(forMS: nil))
    }

    @Test func invalidDurationIsRefusedInTheDialog() {
        var state = asking("o", "router", "llm/openai")
        state.press(keys: .tab, .tab, .control("u"))
        state.type("soon")
        #expect(state.press(keys: .backTab, .enter).isEmpty)
        #expect(dialog(state)?.refusal?.contains("'soon' is not a duration") == true)
        #expect(dialog(state)?.focus == .duration)
        state.press(keys: .control("u"))
        #expect(dialog(state)?.refusal == nil)
    }

    @Test func severalInstancesNeedTheTypedName() {
        var state = asking("r", "planner", "pay/stripe")
        #expect(state.press(keys: .tab, .enter).isEmpty)
        #expect(dialog(state)?.refusal != nil)
        state.type("pay/stripe")
        // Enter in the last field moves the focus to the action; a second Enter presses it.
        #expect(state.press(keys: .enter).isEmpty)
        let command = OperatorCommand(id: "id-1", address: "planner:pay/stripe", order: .reset)
        #expect(state.press(keys: .enter) == [.send(command)])
    }

    @Test func orderToAnUnfoldedInstanceReachesOnlyThatInstance() {
        var state = Scenario.state()
        state.press(keys: .enter, .down)
        state.type("r")
        state.press(keys: .tab)
        let command = OperatorCommand(
            id: "id-1", address: "planner@9f3a0000:pay/stripe", order: .reset,
            ifVersion: 8)
        #expect(state.press(keys: .enter) == [.send(command)])
    }

    @Test func resetOfAFailingBreakerOffersAProbeFirst() {
        var state = Scenario.state()
        state.press(keys: .enter, .down)
        state.type("r")
        state.press(keys: .tab, .tab)
        guard case .send(let command) = state.press(keys: .enter).first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(command.order == .halfOpen)
    }

    @Test func pastedTextIsIgnoredOutsideFields() {
        var state = asking("o", "router", "llm/openai")
        #expect(state.press(keys: .paste("q\n!"), .character("y")).isEmpty)
        #expect(dialog(state)?.focus == .cancel)
        state.press(keys: .escape)
        #expect(state.press(keys: .paste("q")).isEmpty)
    }

    /// An entry that leaves the journal does not appear as a new notice.
    @Test func orderOutcomeIsShownOnce() {
        var state = Scenario.state()
        state.select("planner", "pay/stripe")
        state.type("r")
        state.press(keys: .backTab)
        state.type("pay/stripe")
        state.press(keys: .enter, .enter)
        let lines = Scenario.planner.map { id in
            Line(
                at: Scenario.now,
                .commandStatus(CommandStatus(id: "id-1", instance: id, status: .acked)))
        }
        _ = update(&state, .lines(lines))
        #expect(state.notice?.text.hasPrefix("acked 3/3") == true)
        state.press(keys: .escape)
        for index in 0..<498 {
            let jump = Line(at: Scenario.now, .clock(jumpMS: Int64(index)))
            _ = update(&state, .lines([jump]))
        }
        #expect(state.notice == nil)
    }

    @Test(arguments: [(80, 24), (40, 10)])
    func dialogShowsItsTargetForNamesOfAnyLength(width: Int, height: Int) {
        let name = String(repeating: "long-", count: 24)
        var state = Scenario.state(width: width, height: height, lines: [])
        let lines = ["4444", "5555"].flatMap { digits -> [Line] in
            let id = InstanceID(agent: "agent", instance: InstanceDigits(first: digits))
            let up = AgentUp(pid: 4, client: "swift/1", intervalMS: 500)
            let declaration = StrategyDeclaration(
                strategy: name, kind: "breaker", can: [.open, .reset],
                breaker: BreakerReading(state: .closed, version: 0))
            return [
                Line(at: Scenario.now, source: id, .agentUp(up)),
                Line(at: Scenario.now, source: id, .strategy(declaration)),
            ]
        }
        _ = update(&state, .lines(lines))
        state.type("o")
        let screen = state.screen.joined(separator: "\n")
        #expect(screen.contains("2 instances"))
        #expect(screen.contains("long-long-"))
        #expect(screen.contains("[ Force open ]"))
        if height == 24 { #expect(screen.ranges(of: "long").count > 40) }
    }

    @Test func reasonIsCutTo256Bytes() {
        var state = asking("r", "router", "llm/openai")
        state.press(keys: .backTab, .paste(String(repeating: "ä", count: 300)))
        #expect(dialog(state)?.reasonText?.utf8.count == 256)
    }

    @Test(arguments: [
        ("search", "vec/qdrant", "search:vec/qdrant has no circuit breaker"),
        ("batch", "s3/put", "batch is not connected: nothing was sent"),
    ])
    func impossibleOrderShowsItsReason(agent: String, strategy: String, words: String) {
        let state = asking("o", agent, strategy)
        #expect(dialog(state) == nil)
        #expect(state.notice?.text == words)
    }

    @Test func unsupportedActionIsNotOffered() {
        var state = Scenario.state()
        let declaration = StrategyDeclaration(
            strategy: "auth/ldap", kind: "breaker", can: [.open],
            breaker: BreakerReading(state: .open, version: 1))
        _ = update(
            &state,
            .lines([Line(at: Scenario.now, source: Scenario.auth, .strategy(declaration))]))
        state.select("auth", "auth/ldap")
        state.type("r")
        #expect(state.notice?.text == "auth:auth/ldap does not offer reset")
    }

    @Test func readOnlyModeRefusesOrdersWithAMessage() {
        var state = Scenario.state(mayControl: false)
        #expect(state.type("o").isEmpty)
        #expect(state.notice?.text.hasPrefix("read only") == true)
        #expect(state.screen[0].contains("READ ONLY"))
    }

    @Test func commandIsNotSentToALostHub() {
        var state = asking("r", "router", "llm/openai")
        _ = update(&state, .disconnected(why: "closed"))
        #expect(state.press(keys: .tab, .enter).isEmpty)
        #expect(state.notice?.text == "the hub does not answer: nothing can be sent")
    }

    @Test(arguments: [
        ("5s", DurationText.milliseconds(5_000)), ("15m", .milliseconds(900_000)),
        ("1h30m", .milliseconds(5_400_000)), (" 2 H ", .milliseconds(7_200_000)), ("", .none),
    ])
    func durationsAreRead(text: String, expected: DurationText) {
        #expect(DurationText(text) == expected)
    }

    @Test(arguments: ["5", "m", "0s", "-5m", "5x", "99999999999999999999s", "400d", "1.5h"])
    func invalidDurationIsRefused(text: String) {
        guard case .malformed = DurationText(text) else {
            Issue.record("\(text) was taken")
            return
        }
    }
}

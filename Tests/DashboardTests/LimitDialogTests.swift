import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

@Suite struct LimitDialogTests {
    private func asking(_ agent: String, _ strategy: String) -> State {
        var state = Scenario.state()
        state.select(agent, strategy)
        state.type("m")
        return state
    }

    private func dialog(_ state: State) -> Dialog? {
        if case .dialog(let dialog) = state.navigation.overlay { dialog } else { nil }
    }

    @Test func limitListShowsValueBoundsAuthorAndReason() {
        let screen = asking("auth", "auth/ldap").screen.joined(separator: "\n")
        #expect(screen.contains("Limits of auth:auth/ldap 1 instance"))
        #expect(screen.contains("max_attempts"))
        #expect(screen.contains("6 1 to 6 attempts"))
        #expect(screen.contains("adaptive"))
        #expect(screen.contains("success 0.99 over 100"))
    }

    @Test func typedValueIsSent() {
        var state = asking("auth", "auth/ldap")
        state.press(keys: .enter)
        #expect(dialog(state)?.focus == .cancel)
        #expect(dialog(state)?.effect.hasPrefix("now 6, by adaptive") == true)
        state.press(keys: .tab, .tab)
        state.type("2")
        state.press(keys: .backTab)
        let command = OperatorCommand(
            id: "id-1", address: "auth:auth/ldap",
            order: .setLimit(name: "max_attempts", value: 2))
        #expect(state.press(keys: .enter) == [.send(command)])
        #expect(state.screen.contains { $0.contains("you max_attempts = 2 auth:auth/ldap") })
    }

    @Test(arguments: [
        ("0", "max_attempts is at least 1, not 0"), ("7", "max_attempts is at most 6, not 7"),
        ("2.5", "max_attempts is a whole number of attempts, not 2.5"),
        ("two", "'two' is not a number; max_attempts takes a whole number, 1 to 6"),
        ("nan", "'nan' is not a number; max_attempts takes a whole number, 1 to 6"),
        ("", "type a value for max_attempts: 1 to 6"),
    ])
    func valueOutsideTheLimitIsRefusedInTheDialog(text: String, words: String) {
        var state = asking("auth", "auth/ldap")
        state.press(keys: .enter, .tab, .tab)
        state.type(text)
        #expect(state.press(keys: .backTab, .enter).isEmpty)
        #expect(dialog(state)?.refusal == words)
        #expect(dialog(state)?.focus == .value)
    }

    @Test func shareMayHaveAFraction() {
        let limit = LimitReading(name: "ratio", value: 0.2, min: 0, max: 1, unit: "share")
        #expect(LimitText("0.35", for: limit) == .value(0.35))
    }

    @Test func severalInstancesNeedTheTypedName() {
        var state = asking("planner", "pay/stripe")
        state.press(keys: .enter, .tab, .tab)
        state.type("2")
        #expect(state.press(keys: .backTab, .enter).isEmpty)
        #expect(dialog(state)?.refusal == "type the name 'pay/stripe' to act on 3 instances")
        state.type("pay/stripe")
        state.press(keys: .tab, .tab)
        let command = OperatorCommand(
            id: "id-1", address: "planner:pay/stripe",
            order: .setLimit(name: "max_attempts", value: 2))
        #expect(state.press(keys: .enter) == [.send(command)])
    }

    @Test func onlyPinnedLimitsCanBeGivenBack() {
        var state = asking("auth", "auth/ldap")
        state.press(keys: .enter)
        #expect(dialog(state)?.controls.contains(.giveBack) == false)
        state.press(keys: .escape)
        let change = LimitChange(
            strategy: "auth/ldap", name: "max_attempts", was: 6, value: 2, by: .operator,
            pinned: true, why: "set by operator")
        _ = update(
            &state, .lines([Line(at: Scenario.now, source: Scenario.auth, .limit(change))]))
        state.type("m")
        #expect(state.screen.contains { $0.contains("operator, pinned") })
        state.press(keys: .enter, .tab, .tab)
        #expect(dialog(state)?.focus == .giveBack)
        let command = OperatorCommand(
            id: "id-1", address: "auth:auth/ldap",
            order: .setLimit(name: "max_attempts", value: nil))
        #expect(state.press(keys: .enter) == [.send(command)])
    }

    @Test func operatorOfAPinnedLimitIsNamed() {
        var state = Scenario.state()
        let change = LimitChange(
            strategy: "auth/ldap", name: "max_attempts", was: 6, value: 2, by: .operator,
            pinned: true, why: "set by operator")
        let standing = StandingOrder(
            id: "c7", address: "auth:auth/ldap",
            order: .setLimit(name: "max_attempts", value: 2), until: nil, who: "ops",
            reason: nil)
        _ = update(
            &state,
            .lines([
                Line(at: Scenario.now, source: Scenario.auth, .limit(change)),
                Line(at: Scenario.now, .standing(standing)),
            ]))
        state.select("auth", "auth/ldap")
        state.type("m")
        #expect(state.screen.contains { $0.contains("ops, pinned") })
    }

    @Test func differingInstancesShowTheRangeOfValues() {
        var state = Scenario.state()
        let change = LimitChange(
            strategy: "pay/stripe", name: "max_attempts", was: 2, value: 4, by: .adaptive)
        _ = update(
            &state,
            .lines([Line(at: Scenario.now, source: Scenario.planner[1], .limit(change))]))
        state.type("m")
        #expect(state.screen.contains { $0.contains("2 to 4") })
    }

    @Test func pastedTextGoesOnlyIntoAField() {
        var state = asking("auth", "auth/ldap")
        #expect(state.press(keys: .paste("2\n"), .enter, .paste("2\n")).isEmpty)
        #expect(dialog(state)?.value.isEmpty == true)
        state.press(keys: .tab, .tab, .paste("3"))
        #expect(dialog(state)?.value.text == "3")
    }

    @Test(arguments: [
        ("search", "vec/qdrant", "search:vec/qdrant has no limits"),
        ("batch", "s3/put", "batch is not connected: nothing was sent"),
    ])
    func impossibleOrderShowsItsReason(agent: String, strategy: String, words: String) {
        #expect(asking(agent, strategy).notice?.text == words)
    }

    @Test func unsupportedActionIsNotOffered() {
        var state = Scenario.state()
        let declaration = StrategyDeclaration(
            strategy: "auth/ldap", kind: "retry", can: [.open],
            limits: [LimitReading(name: "max_attempts", value: 3)])
        _ = update(
            &state,
            .lines([Line(at: Scenario.now, source: Scenario.auth, .strategy(declaration))]))
        state.select("auth", "auth/ldap")
        state.type("m")
        #expect(state.notice?.text == "auth:auth/ldap does not offer limits")
    }

    @Test func limitsAreRefusedInReadOnlyModeAndReplays() {
        var state = Scenario.state(mayControl: false)
        state.type("m")
        #expect(state.notice?.text.hasPrefix("read only") == true)
        var replay = Scenario.state(mode: .replay(file: "x"), mayControl: false)
        replay.type("m")
        #expect(replay.notice?.text == "this is a recording: nothing can be changed")
    }
}

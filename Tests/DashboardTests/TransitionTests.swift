import ResilienceWire
import Screen
import Testing

@testable import Dashboard

@Suite struct TransitionTests {
    @Test func transitionKeysStartAtTheLatestTransition() {
        var state = Scenario.state()
        var rows: [String] = []
        for _ in 0..<4 {
            state.type("(")
            rows.append(state.table.selection?.strategy ?? "")
        }
        #expect(rows == ["llm/openai", "pay/stripe", "pay/stripe", "geo/maps"])
        state.type(")")
        #expect(state.table.selection?.strategy == "pay/stripe")
    }

    @Test func noticeNumbersTheTransition() {
        var state = Scenario.state()
        state.type("(")
        #expect(
            state.notice?.text
                == "transition 7 of 7, 14:01:56 router@17aa0000:llm/openai open -> half open: probing"
        )
    }

    @Test func noticeSaysThatThereIsNoFurtherTransition() {
        var state = Scenario.state()
        state.type("()")
        #expect(state.notice?.text == "no later transition in the journal")
        state.type("(((((((((")
        #expect(state.notice?.text == "no earlier transition in the journal")
        var empty = Scenario.state(lines: [])
        empty.type("(")
        #expect(empty.notice?.text == "the journal has no transition")
    }

    @Test func journalScrollsToTheTransition() {
        var state = Scenario.state(width: 80, height: 24)
        state.type("(((((((")
        let lines = state.screen.map { $0.contains("14:00:56 router@17aa") }
        let index = lines.firstIndex(of: true)
        #expect(index != nil)
        let row = render(state, glyphs: .unicode).row(index ?? 0)
        #expect(row.contains { $0.style.ground == .selection })
    }

    @Test func noticeSaysThatTheFilterHidesTheRow() {
        var state = Scenario.state()
        state.type("/auth")
        state.press(keys: .enter)
        state.type("(")
        #expect(state.notice?.text.hasSuffix("(not in the table)") == true)
        #expect(state.table.selection?.strategy == "auth/ldap")
    }

    @Test func groupIsUnfoldedToShowTheTransitionsRow() {
        var state = GroupingTests.state(.agent)
        state.type("(")
        #expect(state.table.selection?.strategy == "llm/openai")
        #expect(state.table.selectedIndex != nil)
    }
}

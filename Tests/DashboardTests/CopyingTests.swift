import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard

@Suite struct CopyingTests {
    @Test func yKeyCopiesTheAddress() {
        var state = Scenario.state()
        #expect(state.type("y") == [.copy("planner:pay/stripe")])
        #expect(state.notice?.text == "copied planner:pay/stripe")
        state.press(keys: .enter, .down)
        #expect(state.type("y") == [.copy("planner@9f3a0000:pay/stripe")])
        var grouped = GroupingTests.state(.strategy)
        grouped.table.selection = .group(.strategy("llm/local"))
        #expect(grouped.type("y") == [.copy("*:llm/local")])
    }

    @Test func capitalYKeyCopiesTheRowAsMarkdown() {
        var state = Scenario.state()
        #expect(
            state.type("Y") == [
                .copy(
                    """
                    `planner:pay/stripe` x3 at 14:02:31Z

                    | State | Served | Fail/s | Rej/s | Tries | Cap | p95 | Retries 0·1·2·3+ | Why |
                    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
                    | ○ OPEN 2/3 22s | 3% | 4 | 80 | 2.3x | 2/5 | 2.6s | 43·14·14·29 % | \
                    5 consecutive failures |

                    """)
            ])
        #expect(state.notice?.text.hasPrefix("copied planner:pay/stripe as Markdown, ") == true)
    }

    @Test func copiedTextIsBounded() {
        let why = String(repeating: "ä|", count: 20_000)
        let change = BreakerChange(
            strategy: "llm/openai", version: 20, from: .closed, to: .open, by: .policy, why: why)
        let open = Line(at: Scenario.now, source: Scenario.router, .breaker(change))
        var state = Scenario.state(lines: Scenario.lines + [open])
        state.select("router", "llm/openai")
        guard case .copy(let text) = state.type("Y").first else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.utf8.count <= State.copyLimit)
        #expect(text.utf8.count > State.copyLimit - 4)
    }

    @Test func copyingWorksInReadOnlyModeAndReplays() {
        var state = Scenario.state(mode: .replay(file: "x"), mayControl: false)
        #expect(!state.type("y").isEmpty)
        var empty = Scenario.state(lines: [])
        #expect(empty.type("yY").isEmpty)
        #expect(empty.notice?.text == "no strategy is selected")
    }
}

/// Tests that text from a hub or a recording is made safe before it is copied.
@Suite struct HostileCopyingTests {
    private func state() -> State {
        var state = Scenario.state(lines: [])
        let bytes = HostileLines.bytes(HostileLines.keyframe + HostileLines.news)
        _ = update(&state, .batch(LineBatch(bytes: bytes)))
        _ = update(&state, .tick(at: HostileLines.start + 5_000))
        return state
    }

    @Test(arguments: ["y", "Y"]) func copiedTextIsSafe(key: String) throws {
        var state = state()
        state.press(keys: .down)
        let effects = state.type(key)
        guard case .copy(let text) = try #require(effects.first) else {
            Issue.record("nothing was copied: \(effects)")
            return
        }
        #expect(text.contains("evil"))
        #expect(HostileLines.unsafe(in: text) == [])
    }

    @Test(arguments: [
        ("a|b", "a\\|b"), ("a\r\nb", "a b"), ("a\rb\nc\u{2028}d", "a b c d"),
        ("<img src=x>", "\\<img src=x>"), ("[a](b)", "\\[a](b)"), ("`x`", "\\`x\\`"),
        ("max_attempts 1*2", "max_attempts 1*2"),
    ]) func markdownCellKeepsItsBounds(text: String, cell: String) {
        #expect(MarkdownText.cell(text) == cell)
    }
}

import Screen
import Testing

@testable import Dashboard

@Suite struct HelpTests {
    private func help(_ state: State) -> [String] { HelpPage.lines(state).map(\.text) }

    @Test func everyKeyAndEveryCommandIsExplained() {
        let live = help(Scenario.state())
        let replay = help(Scenario.state(mode: .replay(file: "x"), mayControl: false))
        for binding in KeyTable.bindings {
            let lines = binding.use == .replay ? replay : live
            let line = lines.first {
                $0.hasPrefix(binding.name + " ") && $0.hasSuffix(binding.help)
            }
            #expect(line != nil, "\(binding.name)")
            if let command = binding.command { #expect(line?.contains(":\(command)") == true) }
        }
        for word in CommandWord.only { #expect(live.contains { $0.contains(":\(word.name)") }) }
    }

    @Test func noKeyHasTwoMeanings() {
        let keys = KeyTable.bindings.flatMap(\.keys)
        #expect(Set(keys).count == keys.count)
    }

    @Test func withoutControlNoActionIsOffered() {
        let state = Scenario.state(mayControl: false)
        for word in [":open", ":reset", ":probe", ":limits"] {
            #expect(!help(state).contains { $0.contains(" \(word)") })
        }
        #expect(!state.screen[39].contains("o open"))
        #expect(!state.screen[39].contains("m limits"))
        #expect(state.screen[39].contains("b group"))
    }

    @Test func helpScrollsToItsEndAndNoFurther() {
        var state = Scenario.state(width: 80, height: 24)
        state.type("?G")
        let end = state.screen
        #expect(end.contains { $0.contains(":lock") })
        state.type("jjj")
        #expect(state.screen == end)
        state.type("k")
        #expect(state.screen != end)
        state.type("x")
        guard case .none = state.navigation.overlay else {
            Issue.record("another key did not close it")
            return
        }
    }
}

import TestSupport
import Testing

@testable import Hub

@Suite struct AgentStrategiesTests {
    @Test func strategyKeepsItsNumberAndSafeName() throws {
        var strategies = AgentStrategies()
        let declared = ["a\u{1b}", "a\u{1c}", "a\u{1b}"].compactMap { strategies.declare($0) }
        try #require(declared.count == 3)
        let (first, second, again) = (declared[0], declared[1], declared[2])
        #expect(first.isNew && second.isNew && !again.isNew)
        #expect(first.number == again.number)
        let names = [first, second].map { strategies[$0.number].name }
        #expect(Set(names).count == 2)
        #expect(strategies.raw(names[1]) == "a\u{1c}")
        #expect(Array(strategies.declared) == names)
        let unknown = strategies.next("b")
        #expect(strategies.number(of: "b") == nil && unknown == nil)
    }

    @Test func strategiesAreBounded() {
        var strategies = AgentStrategies()
        let names = (0..<AgentStrategies.limit).map { "s\($0)" }
        let declared = (names + ["one more", "s7"]).map { strategies.declare($0)?.isNew }
        #expect(declared == names.map { _ in true } + [nil, false])
    }

    @Test func touchedStrategiesAreTakenOnce() throws {
        var strategies = AgentStrategies()
        for name in ["a", "b", "c"] { _ = strategies.declare(name) }
        strategies.touch(2)
        strategies.touch(0)
        strategies.touch(2)
        var taken = [strategies.takeTouched(), strategies.takeTouched()]
        strategies.touch(2)
        taken.append(strategies.takeTouched())
        #expect(taken == [["c", "a"], [], ["c"]])
    }

    /// An agent that sends its strategies in the same order each time costs no search from the second
    /// time on, whatever the order is; any order gives the right strategies.
    @Test func orderOfTheLastRoundIsExpected() {
        var random = SplitMix64(seed: 3)
        var strategies = AgentStrategies()
        let names = (0..<20).map { "s\($0)" }
        for name in names { _ = strategies.declare(name) }
        #expect(strategies.expected == "s1")
        for _ in 0..<10 {
            let order = names.shuffled(using: &random)
            for round in 0..<3 {
                for name in order {
                    if round == 2 { #expect(strategies.expected == name) }
                    let number = strategies.next(name)
                    #expect(number.map { strategies[$0].raw } == name)
                }
            }
        }
    }
}

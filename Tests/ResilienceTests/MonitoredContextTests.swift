import TestSupport
import Testing

@testable import Resilience

@Suite struct MonitoredContextTests {
    let clock = TestClock()

    func attempts(_ context: some BlockingStrategy) -> Int {
        let script = Script(.fail(TestError("down", .timeout)))
        _ = try? context.callBlocking { try script.run() }
        return script.runs
    }

    @Test func monitoredContextUsesPoliciesRegisteredLater() async throws {
        let contexts = ContextualRetry(time: clock.time)
        let monitored = Monitored(contexts.strategy(for: "orders"), time: clock.time)
        #expect(attempts(monitored) == 3)
        contexts.register(.database, for: "orders")
        #expect(attempts(monitored) == 5)
        #expect(monitored.metrics.retries == [2: 1, 4: 1])
        #expect(try await monitored.call { "found" } == "found")
    }

    @Test func kindAndLimitAreListedInTheFacets() {
        let facets = Facets(of: ContextualRetry().strategy(for: "database"))
        #expect(facets.kinds == ["context", "retry"])
        #expect(facets.limits.map(\.name) == ["max_attempts"])
        #expect(facets.limits.map(\.value) == [5])
    }

    @Test func operatorsValueSurvivesANewRegistration() throws {
        let contexts = ContextualRetry(time: clock.time)
        let context = contexts.strategy(for: "api")
        try context.maxAttempts.pin(2, by: .operator)
        #expect(attempts(context) == 2)
        contexts.register(.database, for: "api")
        #expect(attempts(context) == 2)
        context.maxAttempts.release(by: .operator)
        #expect(attempts(context) == 5)
    }

    @Test func everyUseOfAContextHasItsLimit() throws {
        let contexts = ContextualRetry(time: clock.time)
        try contexts.strategy(for: "api").maxAttempts.pin(1, by: .operator)
        #expect(attempts(contexts.strategy(for: "api")) == 1)
        let script = Script(.fail(TestError("down", .timeout)))
        _ = try? contexts.callBlocking(in: "api") { try script.run() }
        #expect(script.runs == 1)
    }
}

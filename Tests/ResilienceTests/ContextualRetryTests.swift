import Resilience
import TestSupport
import Testing

@Suite struct ContextualRetryTests {
    let clock = TestClock()

    func contexts() -> ContextualRetry {
        ContextualRetry(time: clock.time, random: .seeded(1))
    }

    func runs(_ contexts: ContextualRetry, _ context: String, _ error: ErrorClass) -> Int {
        let script = Script(.fail(TestError("e", error)))
        _ = try? contexts.callBlocking(in: context) { try script.run() }
        return script.runs
    }

    typealias Row = (ErrorClass, database: Int, api: Int, model: Int, unknown: Int)

    /// Attempts by context, for errors of each class.
    static let table: [Row] = [
        (.connection, 5, 3, 1, 3), (.timeout, 5, 3, 1, 3), (.rateLimited, 1, 3, 1, 3),
        (.http(status: 503), 1, 3, 1, 3), (.http(status: 404), 1, 1, 1, 3),
        (.modelLoading, 1, 1, 3, 3), (.inference, 1, 1, 3, 3), (.authentication, 1, 1, 1, 3),
        (.other, 1, 1, 1, 3),
    ]

    @Test(arguments: table)
    func eachContextRetriesItsOwnErrors(_ row: Row) {
        let contexts = contexts()
        #expect(contexts.contexts == ["api", "database", "ml_model"])
        #expect(runs(contexts, "database", row.0) == row.database)
        #expect(runs(contexts, "api", row.0) == row.api)
        #expect(runs(contexts, "ml_model", row.0) == row.model)
        #expect(runs(contexts, "unheard of", row.0) == row.unknown)
    }

    @Test func presetsHaveTheGuidesNumbers() {
        #expect(RetryPolicy.database.backoff.initial == .milliseconds(100))
        #expect(RetryPolicy.database.backoff.maximum == .seconds(10))
        #expect(RetryPolicy.api.backoff.initial == .seconds(1))
        #expect(RetryPolicy.api.backoff.maximum == .seconds(30))
        #expect(RetryPolicy.api.backoff.jitter == .full)
        #expect(RetryPolicy.mlModel.backoff == .standard)
    }

    @Test func contextCanBeRegisteredAgain() async throws {
        let contexts = contexts()
        contexts.register(try RetryPolicy(maxAttempts: 1, backoff: .none), for: "api")
        #expect(runs(contexts, "api", .connection) == 1)
        let own = Retry(try RetryPolicy(maxAttempts: 2, backoff: .none), time: clock.time)
        contexts.register(own, for: "mine")
        #expect(contexts.retry(for: "mine") === own)
        #expect(runs(contexts, "mine", .other) == 2)
        #expect(try await contexts.call(in: "mine") { "done" } == "done")
    }

    @Test func registrationWhileCallsRunIsSafe() async throws {
        let contexts = contexts()
        let policy = try RetryPolicy(maxAttempts: 2, backoff: .none)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    for _ in 0..<100 {
                        contexts.register(policy, for: "context \(number % 2)")
                        #expect([2, 3].contains(runs(contexts, "context 1", .other)))
                    }
                }
            }
        }
    }

    @Test func unknownContextsBeyondTheLimitShareTheDefaultsLimit() throws {
        let contexts = contexts()
        let names = (0..<5_000).map { "tenant \($0)" }
        let limits = Set(
            names.map { ObjectIdentifier(contexts.strategy(for: $0).maxAttempts) })
        #expect(limits.count == 1_001)
        #expect(
            contexts.strategy(for: "tenant 2000").maxAttempts
                === contexts.retry(for: "unheard of").maxAttempts)
        #expect(
            contexts.strategy(for: "tenant 1").maxAttempts
                === contexts.strategy(for: "tenant 1").maxAttempts)
        #expect(runs(contexts, "tenant 2000", .other) == 3)
    }

    @Test func contextBeyondTheLimitUsesAPolicyRegisteredLater() throws {
        let contexts = contexts()
        for number in 0..<1_000 { _ = contexts.strategy(for: "tenant \(number)") }
        let late = contexts.strategy(for: "late")
        let limit = late.maxAttempts
        contexts.register(try RetryPolicy(maxAttempts: 2, backoff: .none), for: "late")
        #expect(late.maxAttempts !== limit)
        #expect(late.maxAttempts.value == 2)
        #expect(runs(contexts, "late", .other) == 2)
        // Registered contexts always have a limit of their own.
        try contexts.strategy(for: "late").maxAttempts.pin(1, by: .operator)
        contexts.register(try RetryPolicy(maxAttempts: 9, backoff: .none), for: "late")
        #expect(runs(contexts, "late", .other) == 1)
    }
}

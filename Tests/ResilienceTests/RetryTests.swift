import Synchronization
import TestSupport
import Testing

@testable import Resilience

@Suite struct RetryTests {
    let clock = TestClock()

    func retry(_ policy: RetryPolicy, onRetry: Retry.OnRetry? = nil) -> Retry {
        Retry(policy, time: clock.time, random: .seeded(1), onRetry: onRetry)
    }

    func policy(attempts: Int, classifier: ErrorClassifier? = nil) throws -> RetryPolicy {
        try RetryPolicy(
            maxAttempts: attempts, backoff: Backoff(jitter: .none), classifier: classifier)
    }

    @Test func immediateSuccessIsOneAttempt() async throws {
        let script = Script(.succeed("done"))
        let result = try await retry(.standard).call { try script.run() }
        #expect(result == "done")
        #expect(script.runs == 1)
    }

    @Test func waitsBetweenAttemptsAndReturnsTheFirstSuccess() async throws {
        let script = Script(.fail(TestError("a")), .fail(TestError("b")), .succeed("done"))
        let retry = retry(try policy(attempts: 3))
        async let result = retry.call { try script.run() }
        await clock.sleepers()
        #expect(script.runs == 1)
        clock.advance(by: .seconds(1))
        await clock.sleepers()
        #expect(script.runs == 2)
        clock.advance(by: .seconds(2))
        #expect(try await result == "done")
        #expect(script.runs == 3)
    }

    @Test func lastErrorIsThrown() throws {
        let script = Script(.fail(TestError("first")), .fail(TestError("last")))
        let retry = retry(try policy(attempts: 2))
        let error = #expect(throws: TestError.self) {
            try retry.callBlocking { try script.run() }
        }
        #expect(error?.description == "last")
        #expect(clock.blocked == [.seconds(1)])
    }

    @Test func onRetryGetsAttemptErrorAndDelay() throws {
        let heard = Mutex<[String]>([])
        let script = Script(.fail(TestError("a")), .fail(TestError("b")), .succeed("done"))
        let retry = retry(try policy(attempts: 3)) { attempt, error, delay in
            heard.withLock { $0.append("\(attempt) \(error) \(delay)") }
        }
        _ = try retry.callBlocking { try script.run() }
        #expect(heard.withLock { $0 } == ["1 a 1.0 seconds", "2 b 2.0 seconds"])
    }

    @Test func nonRetryableErrorEndsTheCallAtOnce() throws {
        let script = Script(.fail(TestError("denied", .authentication)))
        let retry = retry(try policy(attempts: 5, classifier: .standard))
        #expect(throws: TestError.self) { try retry.callBlocking { try script.run() } }
        #expect(script.runs == 1)
    }

    @Test func cancellationEndsAWaitAtOnce() async throws {
        let script = Script(.fail(TestError("a")))
        let retry = retry(try policy(attempts: 3))
        let task = Task { try await retry.call { try script.run() } }
        await clock.sleepers()
        task.cancel()
        let result = await task.result
        #expect(throws: CancellationError.self) { try result.get() }
        #expect(script.runs == 1)
    }

    @Test func cancelledAttemptIsNotRetried() async {
        let script = Script(.fail(TestError("a")))
        let retry = retry(.standard)
        let result = await whenCancelled { try retry.callBlocking { try script.run() } }
        #expect(result.error?.isCancelled == true)
        #expect(script.runs == 1)
    }

    /// For example from the deadline of a client.
    @Test func cancellationErrorWithoutCancellationIsAnOrdinaryError() throws {
        let script = Script(.fail(CancellationError()))
        let breaker = CircuitBreaker(failureThreshold: 3, time: clock.time)
        let retry = retry(.standard)
        let monitored = Monitored {
            retry
            breaker
        }
        #expect(throws: CancellationError.self) {
            try monitored.callBlocking { try script.run() }
        }
        #expect(script.runs == 3)
        #expect(breaker.snapshot.state == .open)
        #expect(monitored.metrics.failed == 1)
        #expect(monitored.metrics.errors == ["CancellationError": 3])
    }

    @Test func operatorsLimitAppliesToTheNextCall() throws {
        let retry = retry(try policy(attempts: 5))
        try retry.maxAttempts.pin(2, by: .operator)
        let script = Script(.fail(TestError("a")))
        #expect(throws: TestError.self) { try retry.callBlocking { try script.run() } }
        #expect(script.runs == 2)
        #expect(retry.maxAttempts.reading == .init(value: 2, by: .operator, pinned: true))
        retry.maxAttempts.release(by: .operator)
        #expect(retry.maxAttempts.reading == .init(value: 5, by: .operator, pinned: false))
    }

    @Test func limitOutsideItsBoundsIsRefusedAndNothingChanges() {
        let limit = Retry().maxAttempts
        let error = #expect(throws: Limit.OutOfBounds.self) { try limit.pin(0, by: .operator) }
        #expect(error?.description == "max_attempts is at least 1")
        #expect(throws: Limit.OutOfBounds.self) { try limit.pin(.nan, by: .operator) }
        #expect(throws: Limit.OutOfBounds.self) { try limit.pin(1.5, by: .operator) }
        #expect(limit.value == 3)
    }

    @Test func outcomeHasAttemptsAndDuration() async throws {
        let script = Script(.fail(TestError("a")), .succeed("done"))
        let retry = retry(try policy(attempts: 3))
        let time = clock.time
        async let outcome = retry.outcome(time: time) { try script.run() }
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        let ended = await outcome
        #expect(ended.attempts == 2)
        #expect(ended.elapsed == .seconds(1))
        #expect(ended.failures.map(\.type) == ["a"])
        #expect(try ended.result.get() == "done")
    }

    @Test func typeOfTheErrorIsKept() {
        let retry = retry(.standard)
        do throws(CallError<TestError>) {
            _ = try retry.callBlocking(throwing: TestError.self) { () throws(TestError) -> Int in
                throw TestError("mine")
            }
        } catch {
            #expect(error == .operation(TestError("mine")))
        }
    }
}

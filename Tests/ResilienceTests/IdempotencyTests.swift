import Synchronization
import TestSupport
import Testing

@testable import Resilience

@Suite struct IdempotencyTests {
    typealias Receipts = Idempotency<String, Int, any Error>

    let clock = TestClock()
    let running = Gauge()

    /// Takes a second. The result is the number of executions.
    func pay() async throws -> Int {
        running.enter()
        defer { running.leave() }
        let number = running.total
        try await clock.time.sleep(for: .seconds(1))
        return number
    }

    func receipts(keepsFailures: Bool = false) -> Receipts {
        Receipts(keepsFailures: keepsFailures, time: clock.time)
    }

    func call(
        _ receipts: Receipts, _ key: String = "order", fingerprint: String? = nil
    ) -> Task<Result<Int, any Error>, Never> {
        Task {
            do {
                return .success(
                    try await receipts.call(key, fingerprint: fingerprint) { try await pay() })
            } catch {
                return .failure(error)
            }
        }
    }

    @Test func concurrentDuplicatesShareOneExecution() async throws {
        let receipts = receipts()
        let calls = (0..<50).map { _ in call(receipts) }
        await until { receipts.counts.waiting == 50 && clock.sleeping == 1 }
        clock.advance(by: .seconds(1))
        for call in calls { #expect(try await call.value.get() == 1) }
        #expect(running.total == 1)
        #expect(
            receipts.counts
                == .init(running: 0, waiting: 0, executed: 1, shared: 49, replayed: 0))
    }

    @Test func laterCallsGetTheSameResultUntilItExpires() async throws {
        let receipts = receipts()
        let first = call(receipts)
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        #expect(try await first.value.get() == 1)
        clock.advance(by: .seconds(86_399))
        #expect(try await call(receipts).value.get() == 1)
        #expect(receipts.counts.replayed == 1)
        clock.advance(by: .seconds(1))
        let anew = call(receipts)
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        #expect(try await anew.value.get() == 2)
    }

    @Test func differentKeysRunSeparately() async throws {
        let receipts = receipts()
        let calls = ["a", "b"].map { call(receipts, $0) }
        await clock.sleepers(2)
        clock.advance(by: .seconds(1))
        for call in calls { #expect(await call.value.error == nil) }
        #expect(running.total == 2)
    }

    @Test func anotherFingerprintUnderTheSameKeyIsRejected() async throws {
        let receipts = receipts()
        let first = call(receipts, fingerprint: "5 euros")
        await clock.sleepers()
        let conflict = Rejection.fingerprintMismatch(key: "order")
        // While the execution runs, and after its result is kept.
        #expect(
            await call(receipts, fingerprint: "9 euros").value.error?.rejection == conflict)
        clock.advance(by: .seconds(1))
        #expect(try await first.value.get() == 1)
        #expect(
            await call(receipts, fingerprint: "9 euros").value.error?.rejection == conflict)
        #expect(try await call(receipts, fingerprint: "5 euros").value.get() == 1)
        #expect(throws: Rejection.self) { try receipts.callBlocking("order") { 9 } }
        #expect(conflict.description == "idempotency key order belongs to another request")
    }

    @Test func failuresAreKeptOnlyOnRequest() async throws {
        for keepsFailures in [false, true] {
            let receipts = receipts(keepsFailures: keepsFailures)
            let script = Script(.fail(TestError("declined")), .succeed("paid"))
            for _ in 0..<2 {
                _ = try? await receipts.call("order") {
                    _ = try script.run()
                    return 1
                }
            }
            #expect(script.runs == (keepsFailures ? 1 : 2))
            #expect(receipts.counts.replayed == (keepsFailures ? 1 : 0))
        }
    }

    @Test func callersThatShareAFailureGetIt() async throws {
        let receipts = receipts()
        let time = clock.time
        let calls = (0..<3).map { _ in
            Task {
                try await receipts.call("order") {
                    try await time.sleep(for: .seconds(1))
                    throw TestError("declined")
                }
            }
        }
        await until { receipts.counts.waiting == 3 && clock.sleeping == 1 }
        clock.advance(by: .seconds(1))
        for call in calls {
            let error = await call.result.error
            #expect(error.map { "\($0)" } == "declined")
        }
        #expect(receipts.counts.executed == 1)
    }

    /// Including the caller that started it: the execution does not belong to any caller.
    @Test(arguments: [0, 1, 2])
    func cancelledCallerLeavesAndTheExecutionContinuesForOthers(_ who: Int) async throws {
        let receipts = receipts()
        var calls: [Task<Result<Int, any Error>, Never>] = []
        for number in 0..<3 {
            calls.append(call(receipts))
            await until { receipts.counts.waiting == number + 1 }
        }
        await clock.sleepers()
        calls[who].cancel()
        // At once: the clock does not advance.
        #expect(await calls[who].value.error?.isCancelled == true)
        #expect(receipts.counts.waiting == 2)
        clock.advance(by: .seconds(1))
        for (number, call) in calls.enumerated() where number != who {
            #expect(try await call.value.get() == 1)
        }
    }

    @Test func executionIsCancelledWhenTheLastCallerLeaves() async throws {
        let receipts = receipts()
        let calls = (0..<2).map { _ in call(receipts) }
        await until { receipts.counts.waiting == 2 && clock.sleeping == 1 }
        for call in calls {
            call.cancel()
            #expect(await call.value.error?.isCancelled == true)
        }
        await until { running.now == 0 && receipts.counts.running == 0 }
        #expect(clock.sleeping == 0)
        // Its result is not kept.
        let anew = call(receipts)
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        #expect(try await anew.value.get() == 2)
    }

    @Test func callerThatJoinsAnAbandonedExecutionStartsANewOne() async throws {
        let receipts = receipts()
        let release = OneShot<Void>()
        let deaf = Task {
            try await receipts.call("order") {
                // Ends only when the test releases it, and then as cancelled.
                await release.value
                try Task.checkCancellation()
                return 0
            }
        }
        await until { receipts.counts.waiting == 1 }
        deaf.cancel()
        _ = await deaf.result
        let late = call(receipts)
        await until { receipts.counts.waiting == 1 }
        #expect(running.total == 0)
        release.fill(())
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        #expect(try await late.value.get() == 1)
        #expect(receipts.counts.executed == 2)
    }

    @Test func cancelledCallerStartsNoExecution() async {
        let receipts = receipts()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await receipts.call("order") { try await pay() }
        }
        let error = await task.result.error
        #expect(error?.isCancelled == true)
        #expect(receipts.counts.executed == 0)
    }

    @Test func executionRunsOnceUnderItsStrategyForAllCallers() async throws {
        let receipts = receipts()
        let script = Script(.fail(TestError("busy")), .succeed("paid"))
        let retry = Retry(
            try RetryPolicy(backoff: Backoff(jitter: .none)), time: clock.time)
        let calls = (0..<2).map { _ in
            Task {
                try await receipts.call("order", under: retry) {
                    _ = try script.run()
                    return 7
                }
            }
        }
        await until { receipts.counts.waiting == 2 && clock.sleeping == 1 }
        clock.advance(by: .seconds(1))
        for call in calls { #expect(try await call.value == 7) }
        #expect(script.runs == 2)
    }

    @Test func threadsAndTasksShareAnExecution() async throws {
        let receipts = receipts()
        let release = OneShot<Void>()
        async let executor = onThread {
            try? receipts.callBlocking("order") {
                release.block()
                return 5
            }
        }
        await until { receipts.counts.running == 1 }
        async let thread = onThread { try? receipts.callBlocking("order") { 6 } }
        let task = call(receipts)
        await until { receipts.counts.waiting == 3 }
        release.fill(())
        #expect(await executor == 5)
        #expect(await thread == 5)
        #expect(try await task.value.get() == 5)
        #expect(try await blocked(receipts, "order", 6) == 5)
    }

    /// Returns the result of a call from a thread.
    func blocked<Storage: BlockingIdempotencyStorage<String, Int, any Error>>(
        _ receipts: StoredIdempotency<Storage>, _ key: String, _ value: Int
    ) async throws -> Int {
        try blocking { try receipts.callBlocking(key) { value } }
    }

    @Test func customStorageCanBeUsed() async throws {
        let ledger = DurableStore()
        for _ in 0..<2 {
            // Another process with the same storage.
            let receipts = StoredIdempotency(storage: ledger)
            #expect(try await receipts.call("order", fingerprint: "5") { 1 } == 1)
            #expect(try await blocked(receipts, "blocking", 2) == 2)
        }
        #expect(ledger.saves == ["order", "blocking"])
    }

    @Test func numberOfKeptResultsIsBounded() async throws {
        let receipts = Receipts(try CachePolicy(capacity: 2), time: clock.time)
        for key in ["a", "b", "c"] { _ = try await blocked(receipts, key, 1) }
        #expect(try await blocked(receipts, "a", 2) == 2)
        #expect(try await blocked(receipts, "c", 2) == 1)
    }

    @Test func keyNeverRunsConcurrentlyOrAgainAfterASuccess() async throws {
        let cases = 300
        for seed in 0..<cases {
            let random = RandomSource.seeded(UInt64(seed))
            let receipts = Receipts()
            let atOnce = Gauge()
            let succeeded = Gauge()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    let caller = Task {
                        _ = try? await receipts.call("order") {
                            atOnce.enter()
                            defer { atOnce.leave() }
                            for _ in 0..<random.below(5) { await Task.yield() }
                            try Task.checkCancellation()
                            if random.below(3) == 0 { throw TestError("declined") }
                            succeeded.enter()
                            return 1
                        }
                    }
                    let cancels = random.below(3) == 0
                    group.addTask {
                        for _ in 0..<random.below(3) { await Task.yield() }
                        if cancels { caller.cancel() }
                        _ = await caller.value
                    }
                }
            }
            await until { receipts.counts.running == 0 }
            #expect(atOnce.most <= 1)
            #expect(succeeded.total <= 1)
            #expect(receipts.counts.waiting == 0)
        }
        print("idempotency: \(cases) cases of 12 callers")
    }
}

/// A custom storage that answers at once.
private final class DurableStore: BlockingIdempotencyStorage {
    typealias Record = IdempotencyRecord<Int, any Error>

    private let state = Mutex<(records: [String: Record], saves: [String])>(([:], []))

    var saves: [String] { state.withLock { $0.saves } }

    func loadBlocking(_ key: String) -> Record? {
        state.withLock { $0.records[key] }
    }

    func saveBlocking(_ record: Record, for key: String) {
        state.withLock { state in
            state.records[key] = record
            state.saves.append(key)
        }
    }
}

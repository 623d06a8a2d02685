import Foundation
import TestSupport
import Testing

@testable import Resilience

@Suite struct BulkheadTests {
    let clock = TestClock()

    func bulkhead(
        _ concurrent: Int = 1, queue: Int = 10, maxWait: Duration? = nil
    ) throws -> Bulkhead {
        Bulkhead(
            try BulkheadPolicy(maxConcurrent: concurrent, queueSize: queue, maxWait: maxWait),
            time: clock.time)
    }

    /// Runs an operation of one second of the test clock under the bulkhead.
    func call(
        _ bulkhead: Bulkhead, _ name: String = "done"
    ) -> Task<Result<String, CallError<any Error>>, Never> {
        Task {
            await bulkhead.outcome {
                try await clock.time.sleep(for: .seconds(1))
                return name
            }.result
        }
    }

    @Test func defaultsEqualTheGuides() {
        #expect(BulkheadPolicy.standard.maxConcurrent == 10)
        #expect(BulkheadPolicy.standard.queueSize == 100)
        let facets = Facets(of: Bulkhead())
        #expect(facets.kinds == ["bulkhead"])
        #expect(facets.limits.map(\.name) == ["max_concurrent", "queue_size"])
        #expect(facets.bulkhead != nil)
    }

    @Test func queuedCallerGetsItsResult() async throws {
        let bulkhead = try bulkhead()
        let first = call(bulkhead, "first")
        await clock.sleepers()
        let second = call(bulkhead, "second")
        await until { bulkhead.counts.queued == 1 }
        clock.advance(by: .seconds(1))
        #expect(try await first.value.get() == "first")
        await clock.sleepers()
        clock.advance(by: .seconds(1))
        #expect(try await second.value.get() == "second")
        #expect(bulkhead.counts == .init(active: 0, queued: 0, rejected: 0))
    }

    @Test func callIsRejectedWithoutRunningIfTheQueueIsFull() async throws {
        let bulkhead = try bulkhead(queue: 1)
        let first = call(bulkhead)
        await clock.sleepers()
        let second = call(bulkhead)
        await until { bulkhead.counts.queued == 1 }
        let third = await call(bulkhead).value
        #expect(third.error?.rejection == .bulkheadFull(active: 1, queued: 1))
        #expect(third.error?.description == "bulkhead is full: 1 active, 1 queued")
        #expect(bulkhead.counts == .init(active: 1, queued: 1, rejected: 1))
        first.cancel()
        second.cancel()
        _ = await (first.value, second.value)
    }

    @Test func tasksAndThreadsAreServedFirstInFirstOut() async throws {
        let bulkhead = try bulkhead()
        let first = call(bulkhead)
        await clock.sleepers()
        let order = Journal<Int>()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                if number.isMultiple(of: 2) {
                    group.addTask {
                        _ = try? await bulkhead.call { order.note(number) }
                    }
                } else {
                    group.addTask {
                        await onThread {
                            _ = try? bulkhead.callBlocking { order.note(number) }
                        }
                    }
                }
                await until { bulkhead.counts.queued == number + 1 }
            }
            clock.advance(by: .seconds(1))
        }
        #expect(order.entries == Array(0..<6))
        _ = await first.value
    }

    @Test func cancelledWaiterLeavesTheQueueAtOnce() async throws {
        let bulkhead = try bulkhead()
        let first = call(bulkhead)
        await clock.sleepers()
        let second = call(bulkhead)
        await until { bulkhead.counts.queued == 1 }
        second.cancel()
        #expect(await second.value.error?.isCancelled == true)
        #expect(bulkhead.counts == .init(active: 1, queued: 0, rejected: 0))
        clock.advance(by: .seconds(1))
        _ = await first.value
        #expect(bulkhead.counts.active == 0)
    }

    @Test func taskCancelledBeforeItQueuesLeavesAtOnce() async throws {
        let bulkhead = try bulkhead()
        let first = call(bulkhead)
        await clock.sleepers()
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await bulkhead.outcome { true }.result
        }
        #expect(await late.value.error?.isCancelled == true)
        #expect(bulkhead.counts.queued == 0)
        first.cancel()
        _ = await first.value
    }

    /// A permit that is granted to a waiter at the moment of its cancellation goes to the next one.
    /// No order of the two events may lose it.
    @Test func concurrentGrantAndCancellationLoseNoPermit() async throws {
        let rounds = 2_000
        for round in 0..<rounds {
            let bulkhead = try bulkhead()
            let place = try bulkhead.enter()
            #expect(place == nil)
            let waiter = Task { await bulkhead.outcome { true }.result }
            await until { bulkhead.counts.queued == 1 }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { bulkhead.leave() }
                group.addTask { waiter.cancel() }
            }
            let result = await waiter.value
            #expect((try? result.get()) == true || result.error?.isCancelled == true)
            #expect(bulkhead.counts == .init(active: 0, queued: 0, rejected: 0), "round \(round)")
        }
        print("bulkhead, grant against cancellation: \(rounds) cases")
    }

    @Test func callThatWaitsTooLongIsRejectedAndItsTimerEnds() async throws {
        let bulkhead = try bulkhead(maxWait: .milliseconds(300))
        let first = call(bulkhead)
        await clock.sleepers()
        let second = call(bulkhead)
        await clock.sleepers(2)
        clock.advance(by: .milliseconds(300))
        #expect(
            await second.value.error?.rejection == .queueTimeout(after: .milliseconds(300)))
        #expect(bulkhead.counts == .init(active: 1, queued: 0, rejected: 1))
        clock.advance(by: .milliseconds(700))
        _ = await first.value
        #expect(clock.sleeping == 0)
    }

    @Test func nestedCallEndsAfterMaxWaitAndTheErrorNamesTheCause() async throws {
        let bulkhead = try bulkhead(maxWait: .milliseconds(300))
        async let refusal = bulkhead.call { () -> Rejection? in
            do {
                try await bulkhead.call {}
                return nil
            } catch {
                return error.rejection
            }
        }
        await clock.sleepers()
        clock.advance(by: .milliseconds(300))
        #expect(
            try await refusal?.description
                == "bulkhead had no room within 0.3 seconds; does the caller hold a place in this "
                + "bulkhead itself?")
        #expect(bulkhead.counts == .init(active: 0, queued: 0, rejected: 1))
    }

    @Test func threadThatWaitsTooLongIsRejected() async throws {
        let bulkhead = try bulkhead(maxWait: .milliseconds(300))
        #expect(try bulkhead.enter() == nil)
        async let rejection = onThread { () -> Rejection? in
            do {
                try bulkhead.callBlocking {}
                return nil
            } catch {
                return error.rejection
            }
        }
        await clock.sleepers()
        clock.advance(by: .milliseconds(300))
        #expect(await rejection == .queueTimeout(after: .milliseconds(300)))
        bulkhead.leave()
        #expect(bulkhead.counts == .init(active: 0, queued: 0, rejected: 1))
    }

    @Test func raisingTheLimitAdmitsWaitersAtOnce() async throws {
        let bulkhead = try bulkhead()
        let calls = (0..<3).map { _ in call(bulkhead) }
        await until { bulkhead.counts == .init(active: 1, queued: 2, rejected: 0) }
        try bulkhead.maxConcurrent.pin(3, by: .operator)
        await clock.sleepers(3)
        #expect(bulkhead.counts == .init(active: 3, queued: 0, rejected: 0))
        // After a lower limit, running calls continue, and no call replaces them.
        try bulkhead.maxConcurrent.pin(1, by: .operator)
        let last = call(bulkhead)
        await until { bulkhead.counts.queued == 1 }
        clock.advance(by: .seconds(1))
        for call in calls { #expect(await call.value.error == nil) }
        await clock.sleepers()
        #expect(bulkhead.counts == .init(active: 1, queued: 0, rejected: 0))
        clock.advance(by: .seconds(1))
        #expect(try await last.value.get() == "done")
    }

    @Test func queueSizeCanBeChangedAtRunTime() async throws {
        let bulkhead = try bulkhead(queue: 1)
        let calls = (0..<2).map { _ in call(bulkhead) }
        await until { bulkhead.counts.queued == 1 }
        try bulkhead.queueSize.pin(0, by: .operator)
        #expect(
            await call(bulkhead).value.error?.rejection == .bulkheadFull(active: 1, queued: 1))
        // Calls that already wait continue to wait.
        #expect(bulkhead.counts.queued == 1)
        for call in calls {
            call.cancel()
            _ = await call.value
        }
    }

    @Test func failedCallReturnsItsPermit() throws {
        let bulkhead = try bulkhead()
        for _ in 0..<3 { _ = try? bulkhead.callBlocking { throw TestError("down") } }
        #expect(bulkhead.counts == .init(active: 0, queued: 0, rejected: 0))
    }

    @Test func fullBulkheadIsNeitherRetriedNorCountedByABreaker() throws {
        let bulkhead = try bulkhead(queue: 0)
        let breaker = CircuitBreaker(try CircuitBreakerPolicy(failureThreshold: 1))
        let pipeline = Pipeline {
            Retry(time: clock.time)
            breaker
            bulkhead
        }
        #expect(try bulkhead.enter() == nil)
        #expect(throws: Rejection.bulkheadFull(active: 1, queued: 0)) {
            try pipeline.callBlocking {}
        }
        #expect(breaker.snapshot.state == .closed)
        #expect(clock.blocked.isEmpty)
    }

    @Test func concurrentCallsNeverExceedTheLimit() async throws {
        let bulkhead = try bulkhead(3, queue: 1_000)
        let gauge = Gauge()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    _ = try? await bulkhead.call {
                        gauge.enter()
                        await Task.yield()
                        gauge.leave()
                    }
                }
            }
        }
        #expect(gauge.total == 200)
        #expect(gauge.most <= 3)
        #expect(bulkhead.counts == .init(active: 0, queued: 0, rejected: 0))
    }

    @Test(
        arguments: [
            ("maxConcurrent", "1 to 1000000", 0, 1, nil), ("queueSize", "0 to 1000000", 1, -1, nil),
            ("maxWait", "1 ms to 365 days", 1, 1, Duration.zero),
        ] as [(String, String, Int, Int, Duration?)])
    func invalidPolicyIsRefused(
        _ row: (field: String, bounds: String, concurrent: Int, queue: Int, wait: Duration?)
    ) {
        let error = #expect(throws: PolicyError.self) {
            try BulkheadPolicy(
                maxConcurrent: row.concurrent, queueSize: row.queue, maxWait: row.wait)
        }
        #expect(error?.field == "BulkheadPolicy.\(row.field)")
        #expect(error?.expected == row.bounds)
    }
}

/// Runs `body` on its own thread, so that no thread of the pool is blocked.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}

import Resilience
import Synchronization
import TestSupport
import Testing

@Suite struct CircuitBreakerTests {
    let clock = TestClock()
    let good = Script(.succeed("done"))
    let bad = Script(.fail(TestError("down")))

    func breaker(failures: Int = 3, probes: Int = 3, successes: Int = 1) throws -> CircuitBreaker {
        CircuitBreaker(
            try CircuitBreakerPolicy(
                failureThreshold: failures, openFor: .seconds(60), halfOpenCalls: probes,
                successesToClose: successes),
            time: clock.time)
    }

    func call(_ breaker: CircuitBreaker, _ script: Script) -> Result<String, CallError<any Error>> {
        do throws(CallError<any Error>) {
            return .success(
                try breaker.callBlocking(throwing: (any Error).self) { try script.run() })
        } catch {
            return .failure(error)
        }
    }

    @Test func opensAfterConsecutiveFailuresAndRejects() throws {
        let breaker = try breaker(failures: 3)
        for _ in 0..<2 { _ = call(breaker, bad) }
        _ = call(breaker, good)
        for _ in 0..<2 { _ = call(breaker, bad) }
        #expect(breaker.snapshot.state == .closed)
        _ = call(breaker, bad)
        #expect(breaker.snapshot.state == .open)
        clock.advance(by: .seconds(20))
        guard case .failure(.rejected(let rejection)) = call(breaker, good) else {
            Issue.record("an open breaker let a call through")
            return
        }
        #expect(
            rejection
                == .circuit(state: .open, why: .consecutiveFailures(3), probeIn: .seconds(40)))
        #expect(breaker.snapshot.counts.rejected == 1)
    }

    @Test func probesAfterTheOpenIntervalAndClosesOnASuccess() throws {
        let breaker = try breaker(failures: 1)
        _ = call(breaker, bad)
        clock.advance(by: .seconds(60))
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.probeIn == .zero)
        _ = call(breaker, good)
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func failedProbeReopensTheBreaker() throws {
        let breaker = try breaker(failures: 1)
        _ = call(breaker, bad)
        clock.advance(by: .seconds(60))
        _ = call(breaker, bad)
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.probeIn == .seconds(60))
        #expect(breaker.snapshot.why == "probe failed")
    }

    @Test func closesAfterThePolicysNumberOfSuccesses() throws {
        let breaker = try breaker(failures: 1, successes: 2)
        _ = call(breaker, bad)
        clock.advance(by: .seconds(60))
        _ = call(breaker, good)
        #expect(breaker.snapshot.state == .halfOpen)
        _ = call(breaker, good)
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func halfOpenAdmitsThePolicysNumberOfConcurrentProbes() throws {
        let breaker = try breaker(failures: 1, probes: 2)
        _ = call(breaker, bad)
        clock.advance(by: .seconds(60))
        let probes = [try breaker.permit(), try breaker.permit()]
        guard case .failure(.rejected(.circuit(.halfOpen, _, nil))) = call(breaker, good) else {
            Issue.record("a third probe was let through")
            return
        }
        probes[1].ignored()
        _ = call(breaker, good)
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func cancelledProbeReturnsItsPermit() async throws {
        let breaker = try breaker(failures: 1, probes: 1)
        _ = call(breaker, bad)
        clock.advance(by: .seconds(60))
        _ = await whenCancelled { try breaker.callBlocking { throw CancellationError() } }
        #expect(breaker.snapshot.state == .halfOpen)
        _ = call(breaker, good)
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func resultFromBeforeATripDoesNotDecideHalfOpen() throws {
        let breaker = try breaker(failures: 1)
        _ = try breaker.callBlocking {
            _ = call(breaker, bad)
            clock.advance(by: .seconds(60))
            // A failed probe and a return to half-open while the old call runs.
            try breaker.apply(.halfOpen, by: .agent)
            return "an old success"
        }
        #expect(breaker.snapshot.state == .halfOpen)
    }

    @Test func readingHasNoSideEffects() throws {
        let breaker = try breaker(failures: 1)
        _ = call(breaker, bad)
        clock.advance(by: .seconds(100))
        let first = breaker.snapshot
        #expect(breaker.snapshot == first)
        #expect(first.state == .open)
        #expect(first.version == 1)
    }

    @Test func observersRunOutsideTheLock() throws {
        let breaker = try breaker(failures: 1)
        let seen = Mutex<[CircuitBreaker.State]>([])
        breaker.onTransition { transition in
            // This would deadlock under the lock.
            seen.withLock { $0.append(breaker.snapshot.state) }
            #expect(transition.to == .open)
        }
        _ = call(breaker, bad)
        #expect(seen.withLock { $0 } == [.open])
    }

    @Test func innerRejectionsAndCancellationAreNotFailures() async throws {
        let breaker = try breaker(failures: 1)
        let inner = CircuitBreaker(.standard, time: clock.time)
        inner.forceOpen()
        let nested = Pipeline {
            breaker
            inner
        }
        #expect(throws: Rejection.self) { try nested.callBlocking { try good.run() } }
        _ = await whenCancelled { try breaker.callBlocking { throw CancellationError() } }
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func nonRetryableErrorsAreNotFailures() throws {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 1, classifier: .standard), time: clock.time)
        _ = call(breaker, Script(.fail(TestError("no such thing", .notFound))))
        #expect(breaker.snapshot.state == .closed)
        _ = call(breaker, Script(.fail(TestError("down", .connection))))
        #expect(breaker.snapshot.state == .open)
    }

    @Test func rejectionOfAnOpenBreakerIsNotRetried() throws {
        let breaker = try breaker()
        breaker.forceOpen()
        let pipeline = Pipeline {
            Retry(time: clock.time)
            breaker
        }
        #expect(throws: Rejection.self) { try pipeline.callBlocking { try good.run() } }
        #expect(good.runs == 0)
        #expect(clock.blocked.isEmpty)
    }

    @Test func concurrentForceOpenAndResetEndInOneOfTheTwo() async throws {
        for _ in 0..<200 {
            let breaker = try breaker()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { breaker.forceOpen() }
                group.addTask { breaker.reset() }
            }
            #expect([.forcedOpen, .closed].contains(breaker.snapshot.state))
        }
    }
}

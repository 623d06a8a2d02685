import Foundation
import Resilience
import Synchronization
import TestSupport
import Testing

/// Policies that other breakers also have.
@Suite struct BreakerPolicyTests {
    let clock = TestClock()

    func breaker(_ policy: CircuitBreakerPolicy) -> CircuitBreaker {
        CircuitBreaker(policy, time: clock.time, random: .seeded(1))
    }

    func call(_ breaker: CircuitBreaker, _ error: (any Error)? = nil) {
        try? breaker.callBlocking { if let error { throw error } }
    }

    func fail(_ breaker: CircuitBreaker, _ times: Int = 1) {
        for _ in 0..<times { call(breaker, TestError("down")) }
    }

    @Test func opensAtFailuresWithinATimeDespiteSuccesses() throws {
        let breaker = breaker(
            try CircuitBreakerPolicy(trip: .failures(3, within: .seconds(10))))
        #expect(breaker.trip == "3 failures within 10.0 seconds")
        for _ in 0..<5 {
            fail(breaker, 2)
            call(breaker)
            clock.advance(by: .seconds(10))
        }
        #expect(breaker.snapshot.state == .closed)
        fail(breaker, 2)
        call(breaker)
        fail(breaker)
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.why == "3 failures within 10.0 seconds")
        #expect(throws: Rejection.self) { try breaker.callBlocking {} }
    }

    @Test(arguments: 0...10)
    func shareOfAllProbesDecidesHalfOpen(_ failures: Int) throws {
        let breaker = breaker(.resilience4j)
        fail(breaker, 100)
        #expect(breaker.snapshot.state == .open)
        clock.advance(by: .seconds(60))
        let probes = try (0..<10).map { _ in try breaker.permit() }
        #expect(throws: Rejection.self) { try breaker.permit() }
        for (number, probe) in probes.enumerated() {
            #expect(breaker.snapshot.state == .halfOpen)
            if number < failures {
                probe.failed(TestError("down"))
            } else {
                probe.succeeded()
            }
        }
        #expect(breaker.snapshot.state == (failures >= 5 ? .open : .closed))
    }

    @Test func ignoredProbesAreReplacedBeforeTheShareIsCompared() throws {
        let breaker = breaker(.resilience4j)
        fail(breaker, 100)
        clock.advance(by: .seconds(60))
        for _ in 0..<20 { try breaker.permit().ignored() }
        for _ in 0..<9 { call(breaker) }
        #expect(breaker.snapshot.state == .halfOpen)
        call(breaker)
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func severalFailedProbesReopenTheBreaker() throws {
        let breaker = breaker(
            try CircuitBreakerPolicy(
                failureThreshold: 1, successesToClose: 3, failuresToReopen: 3))
        fail(breaker)
        clock.advance(by: .seconds(60))
        fail(breaker, 2)
        call(breaker)
        #expect(breaker.snapshot.state == .halfOpen)
        fail(breaker)
        #expect(breaker.snapshot.state == .open)
    }

    @Test func retryAfterLengthensTheOpenInterval() throws {
        struct Busy: ClassifiedError {
            let wait: Duration
            var errorClass: ErrorClass { .http(status: 503) }
            var retryAfter: RetryAfter? { .delay(wait) }
        }
        for (asked, seconds) in [(5, 10), (30, 30), (300, 100)] {
            let breaker = breaker(
                try CircuitBreakerPolicy(
                    failureThreshold: 1, openFor: .seconds(10), maxRetryAfter: .seconds(100)))
            call(breaker, Busy(wait: .seconds(asked)))
            #expect(breaker.snapshot.probeIn == .seconds(seconds))
        }
    }

    @Test func jitterSpreadsTheOpenInterval() throws {
        var waits: Set<Duration> = []
        for seed in 0..<50 {
            let breaker = CircuitBreaker(
                try CircuitBreakerPolicy(
                    failureThreshold: 1, openFor: .seconds(10), openJitter: 0.5),
                time: clock.time, random: .seeded(UInt64(seed)))
            fail(breaker)
            let wait = try #require(breaker.snapshot.probeIn)
            #expect(wait >= .seconds(5) && wait <= .seconds(15))
            waits.insert(wait)
        }
        #expect(waits.count == 50)
    }

    @Test func nextCallAfterALostProbeIsAProbe() throws {
        let breaker = breaker(
            try CircuitBreakerPolicy(
                failureThreshold: 1, openFor: .seconds(60), halfOpenCalls: 1,
                halfOpenLimit: .reopens(after: .seconds(30))))
        let seen = Mutex<[CircuitBreaker.State]>([])
        breaker.onTransition { transition in seen.withLock { $0.append(transition.to) } }
        fail(breaker)
        clock.advance(by: .seconds(60))
        let lost = try breaker.permit()
        // Open since 30 s after it became half-open, although no call came.
        clock.advance(by: .seconds(40))
        let rejection = #expect(throws: Rejection.self) { try breaker.permit() }
        #expect(
            rejection == .circuit(state: .open, why: .halfOpenTooLong, probeIn: .seconds(50)))
        clock.advance(by: .seconds(50))
        _ = try breaker.permit()
        clock.advance(by: .seconds(3_600))
        let probe = try breaker.permit()
        lost.failed(TestError("an old answer"))
        #expect(breaker.snapshot.state == .halfOpen)
        probe.succeeded()
        #expect(breaker.snapshot.state == .closed)
        #expect(
            seen.withLock { $0 } == [
                .open, .halfOpen, .open, .halfOpen, .open, .halfOpen, .closed,
            ])
    }

    @Test func timerMakesItHalfOpenWithoutACall() async throws {
        let breaker = breaker(
            try CircuitBreakerPolicy(
                failureThreshold: 1, openFor: .seconds(60), halfOpensByTimer: true))
        blocking { fail(breaker) }
        await clock.sleepers()
        clock.advance(by: .seconds(60))
        await until { breaker.snapshot.state == .halfOpen }
    }

    @Test func storedStateIsRestored() throws {
        let policy = try CircuitBreakerPolicy(
            failureThreshold: 1, openFor: .seconds(10), openGrowth: 2, openMaximum: .seconds(1_000))
        let first = breaker(policy)
        for seconds in [10, 20, 40] {
            fail(first)
            #expect(first.snapshot.probeIn == .seconds(seconds))
            clock.advance(by: .seconds(seconds - 1))
            if seconds < 40 { clock.advance(by: .seconds(1)) }
        }
        let stored = try JSONEncoder().encode(first.saved)
        let saved = try JSONDecoder().decode(CircuitBreaker.Saved.self, from: stored)
        #expect(saved == first.saved)
        #expect(saved.probeIn == .seconds(1))
        let second = CircuitBreaker(policy, initially: saved, time: clock.time)
        #expect(second.snapshot.state == .open)
        #expect(second.snapshot.version == first.snapshot.version + 1)
        #expect(second.snapshot.why == "restored")
        #expect(throws: Rejection.self) { try second.callBlocking {} }
        clock.advance(by: .seconds(1))
        fail(second)
        #expect(second.snapshot.probeIn == .seconds(80))
        let late = CircuitBreaker(
            policy, initially: saved.elapsed(.seconds(60)), time: clock.time)
        try late.callBlocking {}
        #expect(late.snapshot.state == .closed)
    }

    @Test(arguments: [
        #"{"state":"open","version":-7,"by":"policy","openings":-1,"probeInNanoseconds":-5}"#,
        #"{"state":"open","version":9223372036854775807,"by":"operator","openings":9223372036854775807,"probeInNanoseconds":9223372036854775807}"#,
        #"{"state":"half-open","version":3,"by":"policy","openings":2}"#,
    ])
    func damagedStateIsClampedToItsBounds(_ text: String) throws {
        let saved = try JSONDecoder().decode(CircuitBreaker.Saved.self, from: Data(text.utf8))
        let breaker = CircuitBreaker(initially: saved, time: clock.time)
        #expect(breaker.snapshot.version >= 1)
        fail(breaker)
        breaker.reset()
        try breaker.callBlocking {}
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(CircuitBreaker.Saved.self, from: Data("{}".utf8))
        }
    }

    @Test func breakerCanStartForcedOpenOrDisabled() throws {
        let forced = CircuitBreaker(initially: .forcedOpen, time: clock.time)
        #expect(throws: Rejection.self) { try forced.callBlocking {} }
        let disabled = CircuitBreaker(initially: .disabled, time: clock.time)
        fail(disabled, 10)
        #expect(disabled.snapshot.state == .disabled)
        try disabled.enable()
        #expect(disabled.snapshot.state == .closed)
        forced.disable()
        #expect(throws: CircuitBreaker.OrderRejection.self) { try forced.halfOpen() }
    }

    @Test func releasedPermitIsReturned() throws {
        let breaker = breaker(try CircuitBreakerPolicy(failureThreshold: 1, halfOpenCalls: 1))
        fail(breaker)
        clock.advance(by: .seconds(60))
        do { _ = try breaker.permit() }
        #expect(breaker.snapshot.counts.ignored == 1)
        let permit = try breaker.permit()
        permit.succeeded()
        permit.failed(TestError("said too late"))
        #expect(breaker.snapshot.state == .closed)
        #expect(breaker.snapshot.counts.failed == 1)
    }
}

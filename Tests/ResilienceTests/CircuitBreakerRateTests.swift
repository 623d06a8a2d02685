import TestSupport
import Testing

@testable import Resilience

/// Trips on rates, growing open intervals, and probes that do not return.
@Suite struct CircuitBreakerRateTests {
    typealias Rate = CircuitBreakerPolicy.Rate

    let clock = TestClock()

    func breaker(_ rate: Rate) throws -> CircuitBreaker {
        CircuitBreaker(try CircuitBreakerPolicy(trip: .rate(rate)), time: clock.time)
    }

    func call(_ breaker: CircuitBreaker, fails: Bool = false, takes: Duration = .zero) {
        _ = try? breaker.callBlocking {
            clock.advance(by: takes)
            if fails { throw TestError("down") }
        }
    }

    @Test func opensAtHalfOfAHundredCallsAndNotBelow() throws {
        let breaker = try breaker(.resilience4j)
        for number in 0..<99 { call(breaker, fails: number < 50) }
        #expect(breaker.snapshot.state == .closed)
        // The hundredth call is a success, and completes the window.
        call(breaker)
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.why == "50 of 100 calls failed")
    }

    @Test func windowOfCallsDropsTheOldest() throws {
        let breaker = try breaker(Rate(window: .calls(10), minimumCalls: 10))
        for _ in 0..<4 { call(breaker, fails: true) }
        for _ in 0..<16 { call(breaker) }
        #expect(breaker.snapshot.failureRate == 0)
        for _ in 0..<4 { call(breaker, fails: true) }
        #expect(breaker.snapshot.state == .closed)
        #expect(breaker.snapshot.failureRate == 0.4)
        call(breaker, fails: true)
        #expect(breaker.snapshot.state == .open)
    }

    @Test func windowOfTimeDropsOlderCalls() throws {
        let breaker = try breaker(.hystrix)
        for _ in 0..<19 { call(breaker, fails: true) }
        #expect(breaker.snapshot.state == .closed)
        clock.advance(by: .seconds(10))
        #expect(breaker.snapshot.failureRate == nil)
        call(breaker, fails: true)
        #expect(breaker.snapshot.state == .closed)
        for _ in 0..<19 { call(breaker, fails: true, takes: .milliseconds(100)) }
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.why == "20 of 20 calls failed")
    }

    @Test func slowCallsOpenTheBreakerWithAnyResult() throws {
        let breaker = try breaker(
            Rate(
                window: .calls(4), minimumCalls: 4,
                slowCalls: Rate.SlowCalls(longerThan: .seconds(1), share: 0.5)))
        call(breaker, takes: .seconds(2))
        call(breaker, takes: .seconds(1))
        call(breaker)
        #expect(breaker.snapshot.slowCallRate == 1.0 / 3)
        #expect(breaker.snapshot.failureRate == 0)
        call(breaker, takes: .seconds(2))
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.why == "2 of 4 calls took longer than 1.0 seconds")
        clock.advance(by: .seconds(60))
        call(breaker, takes: .seconds(2))
        #expect(breaker.snapshot.why == "probe was slow")
    }

    @Test func resetClearsTheWindow() throws {
        let breaker = try breaker(Rate(window: .calls(4), minimumCalls: 4))
        for _ in 0..<3 { call(breaker, fails: true) }
        breaker.reset()
        #expect(breaker.snapshot.failureRate == nil)
        call(breaker, fails: true)
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func windowIgnoresCancellationAndInnerRejections() async throws {
        let breaker = try breaker(Rate(window: .calls(4), minimumCalls: 4))
        for _ in 0..<10 {
            _ = await whenCancelled { try breaker.callBlocking { throw CancellationError() } }
        }
        #expect(breaker.snapshot.failureRate == nil)
        #expect(breaker.snapshot.counts.ignored == 10)
        #expect(breaker.snapshot.counts.total == 10)
    }

    @Test func operatorCanChangeTheRate() throws {
        let breaker = try breaker(Rate(window: .calls(10), minimumCalls: 10))
        #expect(breaker.trip == "50 % of 10 calls failed")
        try breaker.failureThreshold.pin(0.2, by: .operator)
        #expect(breaker.trip == "20 % of 10 calls failed")
        for number in 0..<10 { call(breaker, fails: number < 2) }
        #expect(breaker.snapshot.state == .open)
    }

    @Test func openIntervalGrowsUntilTheBreakerCloses() throws {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(
                failureThreshold: 1, openFor: .seconds(10), openGrowth: 2,
                openMaximum: .seconds(35)),
            time: clock.time)
        for seconds in [10, 20, 35, 35] {
            call(breaker, fails: true)
            #expect(breaker.snapshot.probeIn == .seconds(seconds))
            clock.advance(by: .seconds(seconds))
        }
        call(breaker)
        #expect(breaker.snapshot.state == .closed)
        call(breaker, fails: true)
        #expect(breaker.snapshot.probeIn == .seconds(10))
    }

    @Test func permitOfAProbeThatNeverReturnsIsTakenBack() throws {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(
                failureThreshold: 1, halfOpenCalls: 1,
                halfOpenLimit: .givesPermitsBack(after: .seconds(30))),
            time: clock.time)
        call(breaker, fails: true)
        clock.advance(by: .seconds(60))
        let lost = try breaker.permit()
        clock.advance(by: .seconds(29))
        call(breaker)
        #expect(breaker.snapshot.state == .halfOpen)
        #expect(breaker.snapshot.counts.rejected == 1)
        clock.advance(by: .seconds(1))
        call(breaker)
        #expect(breaker.snapshot.state == .closed)
        // The result of the old probe is now ignored.
        lost.failed(TestError("too late"))
        #expect(breaker.snapshot.state == .closed)
        #expect(breaker.snapshot.counts.consecutiveFailures == 0)
    }

    @Test func halfOpenReopensAtItsTimeLimit() throws {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(
                failureThreshold: 1, successesToClose: 2,
                halfOpenLimit: .reopens(after: .seconds(5))),
            time: clock.time)
        call(breaker, fails: true)
        clock.advance(by: .seconds(60))
        call(breaker)
        clock.advance(by: .seconds(5))
        #expect(breaker.snapshot.state == .halfOpen)
        call(breaker)
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.why == "half-open for too long")
        #expect(breaker.snapshot.counts.rejected == 1)
    }

    @Test func successesWithoutTheLockAreCounted() async throws {
        let breaker = CircuitBreaker(time: clock.time)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1_000 { call(breaker) } }
            }
        }
        #expect(breaker.snapshot.counts.succeeded == 8_000)
        breaker.reset()
        #expect(breaker.snapshot.counts == .init())
    }

    @Test func invalidPolicyIsRefusedWithFieldAndBounds() {
        #expect(throws: PolicyError.self) { try Rate(window: .calls(0)) }
        #expect(throws: PolicyError.self) { try Rate(window: .time(.zero)) }
        #expect(throws: PolicyError.self) { try Rate.SlowCalls(longerThan: .zero) }
        #expect(throws: PolicyError.self) {
            try CircuitBreakerPolicy(halfOpenLimit: .reopens(after: .seconds(-1)))
        }
        #expect(throws: PolicyError.self) { try CircuitBreakerPolicy(openGrowth: .infinity) }
        #expect(throws: PolicyError.self) { try CircuitBreakerPolicy(openMaximum: .seconds(1)) }
        let tooMany = #expect(throws: PolicyError.self) {
            try Rate(window: .calls(10), minimumCalls: 11)
        }
        #expect(tooMany?.description == "Rate.minimumCalls must be 1 to 10, not 11")
        let above = #expect(throws: PolicyError.self) { try Rate(failureShare: 1.5) }
        #expect(above?.description == "Rate.failureShare must be 0.001 to 1, not 1.5")
        let nan = #expect(throws: PolicyError.self) { try Rate(failureShare: .nan) }
        #expect(nan?.description == "Rate.failureShare must be 0.001 to 1, not nan")
    }
}

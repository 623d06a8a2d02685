import Synchronization
import TestSupport
import Testing

@testable import Resilience

/// The orders of an operator in each state.
@Suite struct CircuitBreakerOrderTests {
    let clock = TestClock()

    func breaker(in state: CircuitBreaker.State) throws -> CircuitBreaker {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 1), time: clock.time)
        switch state {
        case .closed:
            break
        case .open:
            _ = try? breaker.callBlocking { throw TestError("down") }
        case .halfOpen:
            try breaker.apply(.halfOpen)
        case .forcedOpen:
            breaker.forceOpen()
        case .disabled:
            try breaker.apply(.disable)
        }
        #expect(breaker.snapshot.state == state)
        return breaker
    }

    typealias Row = (CircuitBreaker.Order, [CircuitBreaker.State?])

    /// The table of the protocol: the state after each order, by the state before; `nil` if the
    /// order is refused.
    static let table: [Row] = [
        (.open(for: nil), [.forcedOpen, .forcedOpen, .forcedOpen, .forcedOpen, .forcedOpen]),
        (.reset, [.closed, .closed, .closed, .closed, .closed]),
        (.halfOpen, [.halfOpen, .halfOpen, .halfOpen, .halfOpen, nil]),
        (.disable, [.disabled, .disabled, .disabled, .disabled, .disabled]),
        (.enable, [.closed, .open, .halfOpen, nil, .closed]),
    ]

    @Test(arguments: table)
    func everyOrderHasItsEffectInEveryState(_ row: Row) throws {
        for (before, after) in zip(CircuitBreaker.State.allCases, row.1) {
            let breaker = try breaker(in: before)
            let version = breaker.snapshot.version
            do {
                try breaker.apply(row.0, by: .operator)
                #expect(breaker.snapshot.state == after, "\(row.0) in \(before)")
            } catch {
                #expect(after == nil, "\(row.0) in \(before) was refused: \(error)")
                #expect(breaker.snapshot.state == before)
                #expect(breaker.snapshot.version == version)
            }
        }
    }

    @Test func forcedOpenBreakerProbesOnTimeWithoutACall() async throws {
        let breaker = try breaker(in: .closed)
        let states = AsyncStream.makeStream(of: CircuitBreaker.State.self)
        breaker.onTransition { states.continuation.yield($0.to) }
        breaker.forceOpen(for: .seconds(900), by: .operator)
        #expect(breaker.snapshot.probeIn == .seconds(900))
        await clock.sleepers()
        clock.advance(by: .seconds(900))
        var seen = states.stream.makeAsyncIterator()
        #expect(await seen.next() == .forcedOpen)
        #expect(await seen.next() == .halfOpen)
    }

    @Test func secondForceOpenReplacesTheTime() async throws {
        let breaker = try breaker(in: .closed)
        breaker.forceOpen(for: .seconds(10))
        await clock.sleepers()
        breaker.forceOpen()
        clock.advance(by: .seconds(60))
        #expect(breaker.snapshot.state == .forcedOpen)
        #expect(breaker.snapshot.probeIn == nil)
        #expect(breaker.snapshot.version == 2)
    }

    @Test func unexpectedVersionIsAConflict() throws {
        let breaker = try breaker(in: .open)
        #expect(throws: CircuitBreaker.OrderRejection.conflict(version: 1, expected: 0)) {
            try breaker.apply(.reset, by: .operator, ifVersion: 0)
        }
        #expect(breaker.snapshot.state == .open)
        #expect(try breaker.apply(.reset, by: .operator, ifVersion: 1) == 2)
    }

    @Test func resetClearsTheCounts() throws {
        let breaker = CircuitBreaker(.standard, time: clock.time)
        for _ in 0..<4 { _ = try? breaker.callBlocking { throw TestError("down") } }
        breaker.reset()
        #expect(breaker.snapshot.counts == .init())
        _ = try? breaker.callBlocking { throw TestError("down") }
        #expect(breaker.snapshot.state == .closed)
    }

    @Test func disabledBreakerAdmitsAndCountsAllCalls() throws {
        let breaker = try breaker(in: .disabled)
        for _ in 0..<10 { _ = try? breaker.callBlocking { throw TestError("down") } }
        #expect(breaker.snapshot.state == .disabled)
        #expect(breaker.snapshot.counts.failed == 10)
        #expect(breaker.snapshot.counts.consecutiveFailures == 10)
    }

    @Test func changedLimitsTakeEffectOnTheNextFailure() throws {
        let breaker = CircuitBreaker(.standard, time: clock.time)
        try breaker.failureThreshold.pin(1, by: .operator)
        try breaker.openMilliseconds.pin(5_000, by: .operator)
        _ = try? breaker.callBlocking { throw TestError("down") }
        #expect(breaker.snapshot.state == .open)
        #expect(breaker.snapshot.why == "1 failure")
        #expect(breaker.snapshot.probeIn == .seconds(5))
    }
}

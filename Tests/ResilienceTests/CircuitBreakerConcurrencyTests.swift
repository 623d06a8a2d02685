import TestSupport
import Testing

@testable import Resilience

/// Concurrent calls and orders: rejections are created without the lock.
@Suite struct CircuitBreakerConcurrencyTests {
    let clock = TestClock()

    @Test func everyCallIsCountedAndEveryRejectionIsConsistent() async throws {
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(failureThreshold: 1, openFor: .seconds(7)), time: clock.time)
        let (tasks, calls) = (3, 4_000)
        let isDone = Flag()
        // A failure or an order opens the breaker; a probe or an order closes it.
        async let orders = {
            let random = RandomSource.seeded(9)
            while !isDone.isRaised {
                switch random.below(4) {
                case 0: breaker.forceOpen()
                case 1: breaker.forceOpen(for: .seconds(3))
                case 2: _ = try? breaker.apply(.halfOpen)
                default: clock.advance(by: .seconds(8))
                }
                await Task.yield()
            }
        }()
        await withTaskGroup { group in
            for seed in 0..<tasks {
                group.addTask {
                    let random = RandomSource.seeded(UInt64(seed))
                    for call in 0..<calls {
                        let isBad = random.below(3) == 0
                        do {
                            try blocking {
                                try breaker.callBlocking { if isBad { throw TestError("down") } }
                            }
                        } catch {
                            expectOneState(error)
                        }
                        if call % 16 == 0 { await Task.yield() }
                    }
                }
            }
        }
        isDone.raise()
        await orders
        #expect(breaker.snapshot.counts.total == tasks * calls)
        #expect(breaker.snapshot.counts.rejected > 0)
    }

    /// The reason, the state and the time of a rejection belong to one state.
    private func expectOneState(_ error: any Error) {
        guard case .circuit(let state, let why, let probeIn) = error.rejection else { return }
        switch (state, why) {
        case (.open, .consecutiveFailures(1)), (.open, .probeFailed):
            #expect(probeIn.map { $0 <= .seconds(7) } == true)
        case (.forcedOpen, .forced): #expect(probeIn == nil)
        case (.forcedOpen, .forcedForTime): #expect(probeIn.map { $0 <= .seconds(3) } == true)
        case (.halfOpen, _): #expect(probeIn == nil)
        default: Issue.record("\(error)")
        }
    }

    @Test(arguments: [
        CircuitBreaker.Reason.consecutiveFailures(1_000_000), .failed(7, of: 1 << 30 - 1),
        .slow(3, of: 4, longerThan: .seconds(2)), .probeFailed, .probeWasSlow, .halfOpenTooLong,
        .forced, .forcedForTime,
    ])
    func rejectionEqualsThatOfTheStateMachine(why: CircuitBreaker.Reason) throws {
        let slow = try CircuitBreakerPolicy.Rate.SlowCalls(longerThan: .seconds(2))
        let policy = try CircuitBreakerPolicy(
            trip: .rate(CircuitBreakerPolicy.Rate(slowCalls: slow)))
        let words = CircuitBreaker.ShutWords(policy)
        for isForced in [true, false] {
            for until in [nil, Instant(nanoseconds: 12)] {
                let shut = CircuitBreaker.Shut(isForced: isForced, until: until, reason: why)
                words.store(shut)
                #expect(words.load(isForced: isForced) == shut)
            }
        }
    }
}

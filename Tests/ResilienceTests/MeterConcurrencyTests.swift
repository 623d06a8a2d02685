import TestSupport
import Testing

@testable import Resilience

/// Calls that end while others take the counts: nothing is lost or counted twice.
@Suite struct MeterConcurrencyTests {
    let clock = TestClock()

    private func expectAgreement(_ metrics: RetryMetrics) {
        #expect(metrics.attempts == metrics.retries.reduce(0) { $0 + ($1.key + 1) * $1.value })
        #expect(metrics.errors.values.reduce(0, +) == metrics.attempts - metrics.ok)
        #expect(metrics.latency.counts.reduce(0, +) == metrics.ok + metrics.failed)
        #expect(metrics.retries.values.reduce(0, +) == metrics.ok + metrics.failed)
    }

    @Test func concurrentTakesLoseAndRepeatNothing() async throws {
        let breaker = CircuitBreaker(time: clock.time)
        let monitored = Monitored(Retry(try RetryPolicy(maxAttempts: 2, backoff: .none)))
        let rejecting = Monitored(breaker, time: clock.time)
        breaker.forceOpen()
        let (tasks, calls) = (4, 3_000)
        let isDone = Flag()
        async let taken = {
            var deltas: [RetryMetrics] = []
            while !isDone.isRaised {
                deltas.append(monitored.meter.take())
                expectAgreement(monitored.metrics)
                await Task.yield()
            }
            return deltas + [monitored.meter.take()]
        }()
        await withTaskGroup { group in
            for seed in 0..<tasks {
                group.addTask {
                    let random = RandomSource.seeded(UInt64(seed))
                    for call in 0..<calls {
                        try? blocking {
                            try monitored.callBlocking {
                                if random.below(8) == 0 { throw TestError("down") }
                            }
                        }
                        try? blocking { try rejecting.callBlocking {} }
                        if call % 64 == 0 { await Task.yield() }
                    }
                }
            }
        }
        isDone.raise()
        let deltas = await taken
        for delta in deltas { expectAgreement(delta) }
        let total = monitored.metrics
        expectAgreement(total)
        #expect(total.calls == tasks * calls)
        #expect(deltas.reduce(0) { $0 + $1.calls } == total.calls)
        #expect(deltas.reduce(0) { $0 + $1.attempts } == total.attempts)
        #expect(total.failed > 0 && total.retries[1, default: 0] > 0)
        #expect(rejecting.metrics.rejected == tasks * calls)
        #expect(rejecting.metrics.attempts == 0)
        let none = Meter.Gauges(inFlight: 0, waiting: 0, oldest: .zero)
        #expect(monitored.meter.gauges == none)
        #expect(rejecting.meter.gauges == none)
    }

    @Test(arguments: [1, 31, 32, 33, 100])
    func anyNumberOfCallsCanBeInFlight(count: Int) {
        let meter = Meter(time: clock.time)
        var tickets: [Meter.Ticket] = []
        for _ in 0..<count {
            tickets.append(meter.begin())
            clock.advance(by: .milliseconds(1))
        }
        #expect(
            meter.gauges
                == .init(inFlight: count, waiting: 0, oldest: .milliseconds(count)))
        var call = Call(meter: meter)
        call.start()
        let random = RandomSource.seeded(5)
        while !tickets.isEmpty {
            meter.end(tickets.remove(at: random.below(tickets.count)), .ok, call)
            #expect(meter.gauges.inFlight == tickets.count)
        }
        #expect(meter.gauges.oldest == .zero)
        #expect(meter.metrics.ok == count)
        #expect(meter.metrics.retries == [0: count])
    }

    @Test func longAndShortCallsAreCountedAlike() {
        let meter = Meter(time: clock.time)
        var call = Call(meter: meter)
        call.start()
        for time in [
            Duration.zero, .microseconds(3), .milliseconds(999), .seconds(2), .seconds(99_999),
        ] {
            let ticket = meter.begin()
            clock.advance(by: time)
            meter.end(ticket, .ok, call)
            #expect(
                meter.take().latency.filled.map(\.bucket) == [LatencyHistogram.bucket(for: time)])
        }
        #expect(meter.metrics.ok == 5)
    }
}

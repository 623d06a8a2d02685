import Resilience
import TestSupport
import Testing

@Suite struct MeterObserverTests {
    private struct Down: Error {}

    @Test func everyObserverIsCalledForEachEndedCall() throws {
        let clock = TestClock()
        let monitored = Monitored(
            Retry(
                try RetryPolicy(backoff: Backoff(initial: .seconds(1), jitter: .none)),
                time: clock.time), time: clock.time)
        let (first, second) = (Journal<EndedCall>(), Journal<EndedCall>())
        monitored.meter.onEnd { first.note($0) }
        monitored.meter.onEnd { second.note($0) }
        _ = try monitored.callBlocking {}
        _ = try? monitored.callBlocking {
            clock.advance(by: .seconds(2))
            throw Down()
        }
        #expect(first.entries == second.entries)
        #expect(first.entries.map(\.end) == [.ok, .failed])
        #expect(first.entries.map(\.attempts) == [1, 3])
        #expect(first.entries.map(\.errors) == [[], ["Down", "Down", "Down"]])
        // Three attempts of 2 s with waits of 1 s and 2 s; the time after the first attempt counts
        // as retrying.
        #expect(first.entries.map(\.took) == [.zero, .seconds(9)])
        #expect(first.entries.map(\.retrying) == [.zero, .seconds(7)])
    }

    @Test func removingATapKeepsTheObservers() throws {
        let monitored = Monitored(Retry())
        let (observed, tapped) = (Journal<EndedCall>(), Journal<EndedCall>())
        monitored.meter.onEnd { observed.note($0) }
        monitored.meter.tap { tapped.note($0) }
        _ = try monitored.callBlocking {}
        monitored.meter.tap(nil)
        _ = try monitored.callBlocking {}
        #expect(observed.entries.count == 2)
        #expect(tapped.entries.count == 1)
    }
}

import TestSupport
import Testing

@testable import Resilience

@Suite struct MonitoredIdempotencyTests {
    let clock = TestClock()

    func monitored() -> Monitored<Idempotency<String, String, TestError>> {
        Monitored(Idempotency(time: clock.time), time: clock.time)
    }

    @Test func onlyExecutionsAreCallsAndOthersAreCountedSeparately() async throws {
        let monitored = monitored()
        let time = clock.time
        @Sendable func pay() async throws(TestError) -> String {
            do { try await time.sleep(for: .seconds(1)) } catch { throw TestError("cancelled") }
            return "paid"
        }
        async let first = monitored.call("order", pay)
        await clock.sleepers()
        async let second = monitored.call("order", pay)
        await until { monitored.base.counts.waiting == 2 }
        clock.advance(by: .seconds(1))
        #expect(try await [first, second] == ["paid", "paid"])
        #expect(try await monitored.call("order", pay) == "paid")
        #expect(monitored.base.meter.counts == .init(executed: 1, shared: 1, replayed: 1))
        let metrics = monitored.metrics
        #expect(metrics.ok == 1 && metrics.calls == 1 && metrics.attempts == 1)
        #expect(metrics.latency.filled.map(\.bucket) == [LatencyHistogram.bucket(for: .seconds(1))])
    }

    @Test func executionUnderARetryCountsItsAttempts() async throws {
        let monitored = Monitored(Idempotency<String, String, any Error>())
        let script = Script(.fail(TestError("down")), .succeed("paid"))
        let retry = Retry(try RetryPolicy(backoff: .none))
        let paid = try await monitored.call("order", under: retry) { try script.run() }
        #expect(paid == "paid")
        #expect(monitored.metrics.retries == [1: 1])
        #expect(monitored.metrics.errors == ["down": 1])
    }

    @Test func rejectedFingerprintIsARejectedCallAndNotReplayed() throws {
        let monitored = monitored()
        _ = try monitored.callBlocking("order", fingerprint: "a") { "paid" }
        #expect(throws: Rejection.fingerprintMismatch(key: "order")) {
            try monitored.callBlocking("order", fingerprint: "b") { "paid" }
        }
        #expect(monitored.metrics.ok == 1 && monitored.metrics.rejected == 1)
        #expect(monitored.metrics.attempts == 1)
        #expect(monitored.base.meter.counts == .init(executed: 1, shared: 0, replayed: 0))
    }

    @Test func reentryIsARejectedCall() async throws {
        let receipts = Idempotency<String, String, any Error>()
        let monitored = Monitored(receipts)
        let paid = try await monitored.call("order") {
            let inner = await Task { try await monitored.call("order") { "never" } }.result
            return "\(inner.error == nil)"
        }
        #expect(paid == "false")
        #expect(monitored.metrics.ok == 1 && monitored.metrics.rejected == 1)
        #expect(receipts.meter.counts == .init(executed: 1, shared: 0, replayed: 0))
    }
}

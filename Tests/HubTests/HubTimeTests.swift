import Testing

@testable import HubClient

@Suite struct HubTimeTests {
    let start = SuspendingClock.now
    let time = HubTime()

    func after(_ milliseconds: Int) -> SuspendingClock.Instant {
        start.advanced(by: .milliseconds(milliseconds))
    }

    @Test func timeAdvancesFromTheLastLine() {
        #expect(time.time(on: start) == nil)
        time.hear(1_000, on: start)
        #expect(time.time(on: after(500)) == 1_499)
    }

    @Test func linesWithLongerTransitDoNotChangeTheTime() {
        time.hear(1_000, on: start)
        // Lines sent every 100 ms that arrive every 200 ms.
        for line in 1...100 { time.hear(1_000 + Int64(line) * 100, on: after(line * 200)) }
        #expect((20_990...21_000).contains(time.time(on: after(20_000)) ?? 0))
    }

    @Test func linesWithShorterTransitImproveTheTime() {
        time.hear(1_000, on: start)
        time.hear(3_500, on: after(1_000))
        #expect(time.time(on: after(2_000)) == 4_499)
        // An old line of a keyframe.
        time.hear(5, on: after(2_000))
        #expect(time.time(on: after(2_000)) == 4_499)
    }

    @Test func clockJumpRestartsTheTime() {
        time.hear(1_000, on: start)
        time.restart(2_000, on: after(3_600_000))
        #expect(time.time(on: after(3_600_500)) == 2_499)
    }

    @Test func timeFollowsASlowerClock() {
        time.hear(1_000, on: start)
        let day = 86_400_000
        for second in stride(from: 1_000, through: day, by: 1_000) {
            time.hear(1_000 + Int64(Double(second) * 0.9999), on: after(second))
        }
        #expect(abs((time.time(on: after(day)) ?? 0) - Int64(Double(day) * 0.9999) - 1_000) < 2)
    }
}

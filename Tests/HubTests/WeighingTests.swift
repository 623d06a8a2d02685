import Fleet
import ResilienceWire
import Testing

@testable import Hub

@Suite struct WeighingTests {
    private func delta(spanMS: Int64 = 500, errors: Int = 0) -> Delta {
        var counters = Counters()
        counters.errors = (0..<errors).map { ErrorCount(type: "e\($0)", count: 1) }
        return Delta(strategy: "pay", sequence: 1, spanMS: spanMS, counters: counters)
    }

    private func weighed() -> Weighing {
        var weighing = Weighing(at: 0)
        #expect(weighing.take(100, at: 0) == true)
        return weighing
    }

    @Test func smallDeltasMakeACountDueAfterASlotOrAfterManyBytes() {
        var weighing = weighed()
        weighing.count(delta(errors: 3))
        #expect(weighing.take(100, at: 4_999) == false)
        #expect(weighing.take(100, at: 5_000) == true)
        #expect(weighing.take(Weighing.bytes - 1, at: 5_001) == false)
        #expect(weighing.take(1, at: 5_001) == true)
    }

    @Test func linesThatSetUpMuchMakeACountDueAtOnce() {
        var weighing = weighed()
        weighing.count(delta(spanMS: 300_000))
        #expect(weighing.take(10, at: 1) == true)
        weighing.count(delta(errors: 60))
        #expect(weighing.take(10, at: 1) == true)
        weighing.declare()
        #expect(weighing.take(10, at: 1) == true)
        #expect(weighing.take(10, at: 1) == false)
    }
}

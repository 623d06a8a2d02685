import Foundation
import Resilience
import Testing

@Suite struct LatencyHistogramTests {
    @Test func bucketsFollowTheFormula() {
        for nanoseconds in stride(from: 1_001, to: 20_000_000, by: 7_919) {
            let expected = Int((16 * log2(Double(nanoseconds) / 1_000)).rounded(.up)) - 1
            #expect(LatencyHistogram.bucket(for: .nanoseconds(nanoseconds)) == expected)
        }
    }

    @Test func anUpperBoundIsStillInItsBucket() {
        #expect(LatencyHistogram.bucket(for: .microseconds(2)) == 15)
        #expect(LatencyHistogram.bucket(for: .microseconds(4)) == 31)
        #expect(LatencyHistogram.bucket(for: .nanoseconds(4_001)) == 32)
    }

    @Test func theFirstAndTheLastTakeWhatIsBeyond() {
        #expect(LatencyHistogram.bucket(for: .zero) == 0)
        #expect(LatencyHistogram.bucket(for: .seconds(-1)) == 0)
        #expect(LatencyHistogram.bucket(for: .seconds(1_000_000)) == 575)
        #expect(LatencyHistogram.bucket(for: .seconds(Int64.max)) == 575)
    }
}

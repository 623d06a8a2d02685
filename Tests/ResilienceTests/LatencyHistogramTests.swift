import Foundation
import Testing

@testable import Resilience

@Suite struct LatencyHistogramTests {
    @Test func bucketsFollowTheFormula() {
        for nanoseconds in stride(from: 1_001, to: 20_000_000, by: 7_919) {
            let expected = Int((16 * log2(Double(nanoseconds) / 1_000)).rounded(.up)) - 1
            #expect(LatencyHistogram.bucket(for: .nanoseconds(nanoseconds)) == expected)
        }
    }

    @Test func bucketsIncludeTheirUpperBound() {
        #expect(LatencyHistogram.bucket(for: .microseconds(2)) == 15)
        #expect(LatencyHistogram.bucket(for: .microseconds(4)) == 31)
        #expect(LatencyHistogram.bucket(for: .nanoseconds(4_001)) == 32)
    }

    @Test func firstAndLastBucketContainAllValuesBeyond() {
        #expect(LatencyHistogram.bucket(for: .zero) == 0)
        #expect(LatencyHistogram.bucket(for: .seconds(-1)) == 0)
        #expect(LatencyHistogram.bucket(for: .seconds(1_000_000)) == 575)
        #expect(LatencyHistogram.bucket(for: .seconds(Int64.max)) == 575)
    }

    /// The definition in floating-point arithmetic.
    private func defined(_ nanoseconds: Int64) -> Int {
        let microseconds = Double(nanoseconds) / 1_000
        guard microseconds > 1 else { return 0 }
        let within = (0..<16).count { exp2(Double($0) / 16) < microseconds.significand }
        return min(Int(microseconds.exponent) * 16 + within - 1, 575)
    }

    @Test func integerBucketsEqualTheDefinitionAroundEveryBound() {
        for bucket in 0...LatencyHistogram.bucketCount {
            let bound = Int64(1_000 * exp2(Double(bucket) / 16))
            for nanoseconds in (bound - 3)...(bound + 3) {
                #expect(
                    LatencyHistogram.bucket(forNanoseconds: nanoseconds) == defined(nanoseconds),
                    "\(nanoseconds) ns")
            }
        }
    }

    @Test func integerBucketsEqualTheDefinitionForRandomValues() {
        let random = RandomSource.seeded(11)
        for _ in 0..<100_000 {
            let nanoseconds = Int64(exp2(random.uniform(0, 62)))
            #expect(LatencyHistogram.bucket(forNanoseconds: nanoseconds) == defined(nanoseconds))
        }
        for nanoseconds: Int64 in [.min, -1, 0, 1, 999, 1_000, 1_001, .max] {
            #expect(LatencyHistogram.bucket(forNanoseconds: nanoseconds) == defined(nanoseconds))
        }
    }
}

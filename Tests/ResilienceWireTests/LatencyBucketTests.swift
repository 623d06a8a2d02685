import Foundation
import ResilienceWire
import TestSupport
import Testing

@Suite struct LatencyBucketTests {
    @Test(arguments: [
        (0.0, 0), (-1, 0), (.nan, 0), (0.5, 0), (1, 0), (1.04, 0), (1.05, 1), (2, 15),
        (2.0.nextUp, 16), (4, 31), (1_024, 159), (1_000_000, 318), (68_719_476_736, 575),
        (68_719_476_737, 575), (1e30, 575), (.infinity, 575),
    ])
    func indexMapsDurationToItsBucket(microseconds: Double, bucket: Int) {
        #expect(LatencyBucket.index(microseconds: microseconds) == bucket)
    }

    @Test func bucketEndsAtItsUpperBound() {
        for index in 0..<LatencyBucket.count {
            let bound = LatencyBucket.upperBound(index)
            #expect(LatencyBucket.index(microseconds: bound) == index)
            #expect(LatencyBucket.index(microseconds: bound.nextUp) == min(index + 1, 575))
            #expect(abs(bound / pow(2, Double(index + 1) / 16) - 1) < 1e-14)
        }
    }

    @Test func indexMatchesTheFormula() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            let microseconds = pow(2, Double.random(in: 0...36, using: &random))
            let position = 16 * log2(microseconds)
            // The logarithm is not exact near a boundary.
            guard abs(position - position.rounded()) > 1e-9 else { continue }
            let expected = max(0, Int(position.rounded(.up)) - 1)
            #expect(LatencyBucket.index(microseconds: microseconds) == expected)
        }
    }

    @Test func indexNeverFallsAsDurationsGrow() {
        var last = 0
        var microseconds = 0.9
        while microseconds < 1e12 {
            let index = LatencyBucket.index(microseconds: microseconds)
            #expect(index >= last)
            last = index
            microseconds *= 1.001
        }
        #expect(last == 575)
    }
}

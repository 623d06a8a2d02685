/// The buckets of a latency histogram: bucket `i` holds durations in
/// `(2^(i/16), 2^((i+1)/16)]` microseconds, so each is 4.4 % wide.
///
/// The histogram is an OpenTelemetry exponential histogram of scale 4, from 1 microsecond to 19
/// hours.
public enum LatencyBucket {
    /// The number of buckets.
    public static let count = 576

    /// Returns the bucket of a duration: `ceil(16 log2(us)) - 1`. Bucket 0 also holds everything
    /// shorter, bucket 575 everything longer. The exponent gives the power of two and a table gives
    /// the sixteenth, so boundaries are exact, unlike with a logarithm.
    public static func index(microseconds: Double) -> Int {
        // The comparison is also false for NaN.
        guard microseconds > 1 else { return 0 }
        guard microseconds <= upperBound(count - 1) else { return count - 1 }
        let significand = microseconds.significand
        // The number of table entries below the significand, found by binary search.
        var below = 0
        for step in [8, 4, 2, 1] where significand > sixteenths[below + step] {
            below += step
        }
        // An exact power of two belongs to the bucket that ends there.
        let isPower = significand == 1
        return 16 * Int(microseconds.exponent) + below - (isPower ? 1 : 0)
    }

    /// The longest duration of a bucket, in microseconds; for the last bucket, its nominal end.
    public static func upperBound(_ index: Int) -> Double {
        let end = index + 1
        return Double(
            sign: .plus, exponent: end >> 4, significand: sixteenths[end & 15])
    }

    /// The values `2^(k/16)`, correctly rounded.
    private static let sixteenths: [Double] = [
        1.0, 1.0442737824274138, 1.0905077326652577, 1.1387886347566916,
        1.189207115002721, 1.241857812073484, 1.2968395546510096, 1.3542555469368927,
        1.4142135623730951, 1.4768261459394993, 1.5422108254079407, 1.6104903319492543,
        1.681792830507429, 1.7562521603732995, 1.8340080864093424, 1.9152065613971474,
    ]
}

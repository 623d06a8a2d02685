import Testing

@testable import Fleet

@Suite struct FormatTests {
    @Test(arguments: [
        (Int64(-5), "0s"), (12, "12ms"), (4_000, "4s"), (190_000, "3m10s"), (120_000, "2m"),
        (7_500_000, "2h05m"), (273_600_000, "3d4h"),
    ])
    func durations(milliseconds: Int64, text: String) {
        #expect(Format.duration(milliseconds) == text)
    }

    @Test(arguments: [
        (0.0, "0%"), (0.0001, "1%"), (0.314, "31%"), (0.9, "90%"), (0.991, "99.1%"),
        (0.99999, "99.9%"), (1.0, "100%"),
    ])
    func percentages(share: Double, text: String) {
        #expect(Format.percent(share) == text)
    }

    @Test(arguments: [
        (0.0, "0"), (0.01, "0.1"), (0.42, "0.4"), (3.0, "3"), (9.96, "10"), (812.4, "812"),
        (14_200.0, "14k"),
    ])
    func rates(perSecond: Double, text: String) {
        #expect(Format.rate(perSecond) == text)
    }

    @Test(arguments: [
        (840.0, "840us"), (12_400, "12.4ms"), (310_000, "310ms"), (1_200_000, "1.2s"),
        (48_000_000, "48s"),
    ])
    func latencies(microseconds: Double, text: String) {
        #expect(Format.latency(microseconds: microseconds) == text)
    }

    @Test func numbersSharesAndTimesAreFormatted() {
        #expect(Format.clock(1_789_999_351_000) == "14:02:31")
        #expect(Format.countdown(21_001) == "22s")
        #expect(Format.age(21_999) == "21s")
        #expect(Format.count(1_234_567) == "1,234,567")
        #expect(Format.speed(0.25) == "0.25x")
        #expect(Format.speed(.infinity) == "max")
        #expect(Format.number(.nan) == "-")
        #expect(Format.took(milliseconds: 2.14) == "2.1ms")
    }
}

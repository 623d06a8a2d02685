import Resilience
import Testing

@Suite struct BackoffTests {
    @Test func withoutJitterDelaysDoubleUpToTheCap() throws {
        let backoff = try Backoff(
            initial: .seconds(1), maximum: .seconds(5), multiplier: 2, jitter: .none)
        let delays = (0..<5).map { backoff.delay(beforeRetry: $0) }
        #expect(delays == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5)])
    }

    @Test(arguments: [
        Backoff.Jitter.none, .full, .equal, .decorrelated, .around(factor: 0.3),
    ])
    func delaysStayWithinTheirBoundsAtEveryAttempt(_ jitter: Backoff.Jitter) throws {
        let backoff = try Backoff(
            initial: .milliseconds(100), maximum: .seconds(20), multiplier: 3, jitter: jitter)
        let random = RandomSource.seeded(7)
        var previous: Duration?
        for retry in 0...10_000 {
            let delay = backoff.delay(beforeRetry: retry, previous: previous, random: random)
            let plain = min(20, 0.1 * power(3, retry))
            let bounds =
                switch jitter {
                case .none: plain...plain
                case .full: 0...plain
                case .equal: (plain / 2)...plain
                case .around(let factor):
                    plain * (1 - factor)...min(20, plain * (1 + factor))
                case .decorrelated: 0.1...min(20, 3 * (previous ?? .milliseconds(100)).seconds)
                }
            #expect(delay.seconds >= bounds.lowerBound - 1e-9)
            #expect(delay.seconds <= bounds.upperBound + 1e-9)
            previous = delay
        }
        print("backoff: \(jitter) jitter, 10001 delays")
    }

    @Test(arguments: [0, 1, 63, 64, 1_000, 1_000_000, Int.max])
    func largeAttemptNumbersDoNotOverflow(_ retry: Int) throws {
        let backoff = try Backoff(
            initial: Backoff.longest, maximum: Backoff.longest, multiplier: 1_000, jitter: .equal)
        #expect(backoff.delay(beforeRetry: retry) <= Backoff.longest)
        #expect(Backoff.none.delay(beforeRetry: retry) == .zero)
    }

    @Test func jitterSpreadsOverTheWholeRange() throws {
        let random = RandomSource.seeded(1)
        let delays = (0..<1_000).map { _ in
            Backoff.standard.delay(beforeRetry: 0, random: random).seconds
        }
        #expect(delays.min() ?? 1 < 0.01)
        #expect(delays.max() ?? 0 > 0.99)
        #expect(abs(delays.reduce(0, +) / 1_000 - 0.5) < 0.05)
    }

    @Test func invalidPolicyIsRefusedWithFieldAndBounds() {
        #expect(
            message { try Backoff(initial: .seconds(-1)) }
                == "Backoff.initial must be 0 s to 365 days, not -1.0 seconds")
        #expect(
            message { try Backoff(initial: .seconds(2), maximum: .seconds(1)) }
                == "Backoff.maximum must be at least initial and at most 365 days, not 1.0 seconds")
        #expect(
            message { try Backoff(multiplier: .nan) }
                == "Backoff.multiplier must be 1 to 1000, not nan")
        #expect(
            message { try Backoff(multiplier: 0.5) }
                == "Backoff.multiplier must be 1 to 1000, not 0.5")
        #expect(
            message { try RetryPolicy(maxAttempts: 0) }
                == "RetryPolicy.maxAttempts must be 1 to 1000000, not 0")
        #expect(
            message { try CircuitBreakerPolicy(failureThreshold: 0) }
                == "CircuitBreakerPolicy.failureThreshold must be 1 to 1000000, not 0")
        #expect(
            message { try CircuitBreakerPolicy(openFor: .zero) }
                == "CircuitBreakerPolicy.openFor must be 1 ms to 365 days, not 0.0 seconds")
    }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<min(exponent, 100)).reduce(1) { result, _ in result * base }
}

/// Returns the error message of a policy.
private func message(_ build: () throws -> some Any) -> String? {
    do {
        _ = try build()
        return nil
    } catch {
        return "\(error)"
    }
}

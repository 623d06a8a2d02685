import TestSupport
import Testing

@testable import Resilience

/// A call keeps a bounded number of failed attempts; their counts are exact.
@Suite struct FailureLogTests {
    let clock = TestClock()

    /// A retry that does not wait.
    func retry(_ attempts: Int) throws -> Retry {
        Retry(try RetryPolicy(maxAttempts: attempts, backoff: .none))
    }

    @Test func logKeepsTheFirstHundredFailuresAndTheLastOfEachType() async throws {
        let attempts = Gauge()
        let outcome = try await retry(1_000).outcome {
            attempts.enter()
            let number = attempts.total
            throw TestError(number.isMultiple(of: 10) ? "rare" : "common \(number % 2)")
        }
        #expect(outcome.attempts == 1_000)
        #expect(outcome.failures.count == 103)
        #expect(outcome.failures[9].type == "rare")
        #expect(outcome.failures.last?.type == "rare")
        #expect(
            Set(outcome.failures[100...].map(\.type)) == ["common 0", "common 1", "rare"])
    }

    @Test func everyFailedAttemptIsCountedByItsType() throws {
        let monitored = Monitored(try retry(10_000), time: clock.time)
        let number = Gauge()
        for _ in 0..<2 {
            _ = try? monitored.callBlocking {
                number.enter()
                throw TestError("error \(number.total % 3)")
            }
        }
        let metrics = monitored.metrics
        #expect(metrics.attempts == 20_000)
        #expect(metrics.errors == ["error 0": 6_666, "error 1": 6_667, "error 2": 6_667])
        #expect(metrics.messages["error 2"] == "error 2")
    }

    @Test func messagesAndTypesAreCutBetweenScalars() {
        struct Verbose: ClassifiedError, CustomStringConvertible {
            let description: String
            var errorClass: ErrorClass { .other }
            var errorType: String { description }
        }
        // 2 bytes per character, so that an odd bound falls inside a character.
        let failure = FailedAttempt(
            Verbose(description: "x" + String(repeating: "é", count: 4_000)))
        #expect(failure.message.utf8.count == FailedAttempt.messageBytes - 1)
        #expect(failure.type.utf8.count == FailedAttempt.typeBytes - 1)
        #expect(failure.message.hasSuffix("é"))
        let short = FailedAttempt(Verbose(description: "short"))
        #expect(short.message == "short" && short.type == "short")
        let exact = String(repeating: "e", count: FailedAttempt.messageBytes)
        #expect(FailedAttempt(Verbose(description: exact)).message == exact)
    }

    /// Any number of attempts of any number of types, in any number of nested calls.
    @Test func countsAreExactAndTheLogIsBounded() {
        let cases = 300
        for seed in 0..<cases {
            let random = RandomSource.seeded(UInt64(seed))
            let types = 1 + random.below(60)
            var expected: [String: Int] = [:]
            var log = FailureLog()
            for _ in 0..<(1 + random.below(4)) {
                var nested = FailureLog()
                for _ in 0..<random.below(400) {
                    let type = "error \(random.below(types))"
                    expected[type, default: 0] += 1
                    nested.add(FailedAttempt(type: type, message: "latest"))
                }
                log.add(nested)
            }
            var metrics = RetryMetrics()
            metrics.add(.ok, attempts: 1, failures: log, took: .zero, retrying: .zero)
            #expect(metrics.errors == expected)
            #expect(log.total == expected.values.reduce(0, +))
            #expect(log.kept.count <= FailureLog.keptAttempts + RetryMetrics.errorTypeLimit)
        }
        print("failure log: \(cases) cases")
    }

    @Test func typesBeyondTheLimitAreCountedTogether() {
        var log = FailureLog()
        for number in 0..<100_000 {
            log.add(FailedAttempt(type: "error \(number)", message: "m"))
        }
        #expect(log.kept.count == FailureLog.keptAttempts + RetryMetrics.errorTypeLimit + 1)
        #expect(log.total == 100_000)
        #expect(log.kept.last?.type == RetryMetrics.otherErrors)
    }

    @Test func unfinishedAttemptIsRecordedAmongVeryMany() async throws {
        let limited = try Pipeline {
            Timeout(.seconds(1), time: clock.time)
            try retry(500)
        }
        let time = clock.time
        let attempts = Gauge()
        async let outcome = limited.outcome(time: time) {
            attempts.enter()
            if attempts.total == 300 { try await time.sleep(for: .seconds(60)) }
            throw TestError("down")
        }
        await clock.sleepers(2)
        clock.advance(by: .seconds(1))
        let ended = await outcome
        #expect(ended.result.error?.isTimeOut == true)
        #expect(ended.attempts == 300)
        #expect(ended.failures.suffix(2).map(\.type) == ["down", "TimeoutError"])
    }
}

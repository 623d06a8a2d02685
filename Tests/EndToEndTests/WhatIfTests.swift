import Foundation
import Resilience
import ResilienceWire
import Synchronization
import TestSupport
import Testing
import WhatIf

@testable import fusebox

/// Trials of recorded calls under other policies.
@Suite struct WhatIfTests {
    let instance = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "1"))

    struct Failed: Error {}

    /// Runs calls through the library's own breaker for a service that fails for a time. Returns
    /// them with their end times, and the number of openings.
    func record(
        _ policy: WhatIf.Policy, calls: Int = 4_000, seed: UInt64
    ) throws -> (calls: [WhatIf.Call], opens: Int) {
        let clock = Mutex(Int64(1_700_000_000_000))
        let time = TimeSource(
            now: { Instant(nanoseconds: clock.withLock { $0 } * 1_000_000) }, sleep: { _ in },
            block: { _ in })
        let breaker = CircuitBreaker(
            try CircuitBreakerPolicy(
                failureThreshold: policy.failureThreshold ?? 5,
                openFor: .milliseconds(policy.openMS), halfOpenCalls: policy.halfOpenCalls),
            time: time)
        var random = SplitMix64(seed: seed)
        var recorded: [WhatIf.Call] = []
        var opens = 0
        for number in 0..<calls {
            clock.withLock { $0 += Int64.random(in: 1...40, using: &random) }
            let isBad = number / 500 % 2 == 1
            var attempts = 0
            var end = CallReport.End.failed
            while attempts < policy.maxAttempts ?? 1, end == .failed {
                let fails = Double.random(in: 0..<1, using: &random) < (isBad ? 0.8 : 0.05)
                let before = breaker.snapshot.state
                do throws(CallError<Failed>) {
                    try breaker.callBlocking(throwing: Failed.self) { () throws(Failed) in
                        attempts += 1
                        if fails { throw Failed() }
                    }
                    end = .ok
                } catch {
                    if case .rejected = error { end = attempts == 0 ? .rejected : .failed }
                    if case .rejected = error, attempts > 0 { break }
                }
                if breaker.snapshot.state == .open, before != .open { opens += 1 }
            }
            recorded.append(
                WhatIf.Call(
                    at: clock.withLock { $0 }, instance: instance, end: end, attempts: attempts))
        }
        return (recorded, opens)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func trialOfTheRecordedPolicyGivesTheRecordedNumbers(seed: UInt64) throws {
        let policy = WhatIf.Policy(maxAttempts: 3, failureThreshold: 5, openMS: 2_000)
        let (calls, opens) = try record(policy, seed: seed)
        let trial = WhatIf(calls, under: policy)
        var recorded = trial.outcome
        recorded.opens = opens
        #expect(opens > 3)
        #expect(recorded.rejected > 100)
        let tried = try trial.outcome(under: policy)
        print("whatif: recorded \(recorded)\n        tried    \(tried)")
        #expect(tried == recorded)
    }

    @Test func fewerAttemptsReduceAttemptsAndSuccessfulCalls() throws {
        let policy = WhatIf.Policy(maxAttempts: 3, failureThreshold: nil)
        let trial = WhatIf(
            [
                WhatIf.Call(at: 1, instance: instance, end: .ok, attempts: 1),
                WhatIf.Call(at: 2, instance: instance, end: .ok, attempts: 3),
                WhatIf.Call(at: 3, instance: instance, end: .failed, attempts: 3),
            ], under: policy)
        var asked = policy
        asked.maxAttempts = 2
        let outcome = try trial.outcome(under: asked)
        #expect((outcome.ok, outcome.failed, outcome.attempts) == (1, 2, 5))
        #expect(outcome.drawn == 0)
    }

    @Test func unrecordedAttemptsAreSampledAndCounted() throws {
        let policy = WhatIf.Policy(maxAttempts: 1, failureThreshold: nil)
        let good = (0..<90).map {
            WhatIf.Call(at: Int64($0), instance: instance, end: .ok, attempts: 1)
        }
        let bad = (90..<100).map {
            WhatIf.Call(at: Int64($0), instance: instance, end: .failed, attempts: 1)
        }
        let trial = WhatIf(good + bad, under: policy)
        var asked = policy
        asked.maxAttempts = 5
        let outcome = try trial.outcome(under: asked)
        #expect(outcome.drawn == 10)
        #expect(outcome.ok > 97)
    }

    @Test func callThatEndedBelowItsAttemptLimitIsUnchanged() throws {
        let policy = WhatIf.Policy(maxAttempts: 3, failureThreshold: nil)
        let trial = WhatIf(
            [WhatIf.Call(at: 1, instance: instance, end: .failed, attempts: 1)], under: policy)
        var asked = policy
        asked.maxAttempts = 9
        #expect(try trial.outcome(under: asked).attempts == 1)
    }

    @Test func trialReportsWhatDeltasCannotAnswer() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = scratch.file("r.ndjson")
        let lines = [
            #"{"t":"recording","v":1,"at":1,"fusebox":"0.1.0"}"#,
            #"{"t":"keyframe","at":1,"lines":0}"#, #"{"t":"keyframe_end","at":1}"#,
            #"{"t":"delta","at":5,"agent":"a","instance":"\#(instance.instance)","s":"pay","n":1,"ms":500,"ok":1,"attempts":1}"#,
        ]
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
        let answer = try await Tool.run("whatif", file, "a:pay", "--max-attempts", "2")
        #expect(answer.status == 1)
        #expect(answer.errors.contains("holds 1 deltas of a:pay and no call lines"))
        #expect(try await Tool.run("whatif", file, "a:nothing").status == 4)
    }
}

/// Trials with numbers that no agent sends.
@Suite struct HostileWhatIfTests {
    @Test(
        arguments: [
            (1e300, Int64(2_000), 2), (-1e300, 2_000, 2), (0.5, 2_000, 2),
            (3, 1 << 53 - 1, 2), (3, 0, 2), (1e9, 2_000, 0), (3, 2_000, 1_000_000),
        ] as [(Double, Int64, Int)]) func trialSurvivesEveryNumberOfARecording(
            numbers: (value: Double, at: Int64, attempts: Int)
        ) async throws
    {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let id = InstanceID(agent: "a", instance: InstanceDigits(repeating: "1"))
        let names = ["max_attempts", "failure_threshold", "open_ms"]
        let declaration = StrategyDeclaration(
            strategy: "s", kind: "retry+breaker",
            breaker: BreakerReading(state: .closed, version: 0, openMS: 1 << 53 - 1),
            limits: names.map { LimitReading(name: $0, value: numbers.value) })
        let ends = [CallReport.End.failed, .rejected, .ok, .cancelled]
        let lines =
            [
                Line(at: 1, .recording(RecordingHeader(fusebox: "0.1.0"))),
                Line(at: 1_000, source: id, .agentUp(AgentUp(pid: 1, client: "c", intervalMS: 1))),
                Line(at: 1_000, source: id, .strategy(declaration)),
            ]
            + (0..<80).map { number in
                Line(
                    at: number % 2 == 0 ? numbers.at : 1_000, source: id,
                    .call(
                        CallReport(
                            strategy: "s", end: ends[number % 4], attempts: numbers.attempts,
                            microseconds: 1)))
            }
        var bytes: [UInt8] = []
        for line in lines { line.encode(into: &bytes) }
        let file = scratch.file("r.ndjson")
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let result = try await Tool.run("whatif", file, "a:s", "--max-attempts", "5")
        // A result, or the reason why there is none.
        #expect(result.status == 0 || result.status == 1)
        #expect(!(result.output + result.errors).isEmpty)
        #expect((numbers.attempts == 1_000_000) == result.errors.contains("can be simulated"))
    }
}

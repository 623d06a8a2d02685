import TestSupport
import Testing

@testable import Resilience

@Suite struct HedgePropertyTests {
    /// The state machine with random answers, timers and cancellations.
    @Test func requestsNeverExceedTheMaximumAndTheMachineEndsOnceDecided() {
        let cases = 5_000
        for seed in 0..<cases {
            let random = RandomSource.seeded(UInt64(seed))
            let maxHedges = 1 + random.below(5)
            var now = Instant(nanoseconds: 0)
            var machine = Hedge.StateMachine(
                delay: .milliseconds(random.below(3) * 10), maxHedges: maxHedges, begin: now)
            machine.start()
            var running = [0]
            var isCancelled = false
            var answers: [Int: Hedge.StateMachine.Answer] = [:]
            var action = machine.due(at: now)
            while action != .finish {
                switch action {
                case .launch:
                    #expect(!isCancelled && machine.winner == nil)
                    running.append(machine.launched)
                    machine.start()
                    #expect(machine.launched <= maxHedges + 1)
                    action = machine.due(at: now)
                    continue
                case .wait(let rest):
                    #expect(rest > .zero)
                case .idle, .finish:
                    break
                }
                switch random.below(6) {
                case 0..<3:
                    now = now + .milliseconds(random.below(15))
                    action = machine.due(at: now)
                case 3 where random.below(4) == 0:
                    isCancelled = true
                    action = machine.drain()
                default:
                    guard !running.isEmpty else {
                        Issue.record("seed \(seed): nothing runs and nothing is decided")
                        return
                    }
                    let request = running.remove(at: random.below(running.count))
                    let answer: Hedge.StateMachine.Answer =
                        [.succeeded, .failed, .failed, .failedForGood][random.below(4)]
                    answers[request] = answer
                    action = machine.ended(request, answer)
                }
            }
            let successes = answers.filter { $0.value == .succeeded }.keys
            #expect(Array(successes) == (machine.winner.map { [$0] } ?? []))
            // Decided: by a success, or because all requests have ended.
            #expect(machine.winner != nil || running.isEmpty)
            // Requests that still run are awaited, and change nothing.
            let winner = machine.winner
            for request in running {
                let late = machine.ended(request, .succeeded)
                #expect(late == .idle)
            }
            #expect(machine.winner == winner)
            #expect(machine.running == 0)
        }
        print("hedge, state machine: \(cases) cases")
    }

    /// The strategy with tasks of random duration, and sometimes a caller that cancels.
    @Test func requestsNeverExceedTheMaximumAndLosersAreAwaited() async throws {
        let cases = 1_000
        for seed in 0..<cases {
            let random = RandomSource.seeded(UInt64(seed))
            let maxHedges = random.below(4)
            let clock = TestClock()
            let hedge = Hedge(
                try HedgePolicy(delay: .milliseconds(random.below(3)), maxHedges: maxHedges),
                time: clock.time)
            let running = Gauge()
            let caller = Task {
                let outcome = await hedge.outcome {
                    running.enter()
                    defer { running.leave() }
                    for _ in 0..<random.below(4) { await Task.yield() }
                    if random.below(2) == 0 {
                        try await clock.time.sleep(for: .milliseconds(random.below(5)))
                    }
                    if random.below(2) == 0 { throw TestError("down") }
                }
                #expect(running.now == 0, "a loser was left behind")
                return outcome
            }
            let ended = Flag()
            let cancelsAfter = random.below(4) == 0 ? random.below(10) : .max
            let ticker = Task {
                var ticks = 0
                while !ended.isRaised {
                    if ticks == cancelsAfter { caller.cancel() }
                    clock.advance(by: .milliseconds(1))
                    ticks += 1
                    await Task.yield()
                }
            }
            let outcome = await caller.value
            ended.raise()
            await ticker.value
            #expect(running.total <= maxHedges + 1)
            #expect(outcome.attempts == running.total)
            #expect(hedge.counts.launched == max(0, running.total - 1))
            #expect(clock.sleeping == 0)
        }
        print("hedge, tasks: \(cases) cases")
    }
}

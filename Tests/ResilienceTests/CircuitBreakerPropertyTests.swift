import TestSupport
import Testing

@testable import Resilience

/// The state machine with random sequences of calls, results, cancellations, times and orders.
@Suite struct CircuitBreakerPropertyTests {
    typealias Machine = CircuitBreaker.StateMachine

    static let runs = 4_000
    static let steps = 120

    @Test func transitionsAreLegalAndPermitsAreConserved() throws {
        var checked = 0
        for seed in 0..<Self.runs {
            var run = try Run(seed: UInt64(seed))
            for _ in 0..<Self.steps { run.step() }
            checked += run.transitions
        }
        print("breaker: \(Self.runs) runs of \(Self.steps) steps, \(checked) transitions")
        #expect(checked > Self.runs)
    }

    /// One seeded run, and the conditions that hold after each of its steps.
    struct Run {
        private var machine: Machine
        private let random: RandomSource
        private let policy: CircuitBreakerPolicy
        private let clock = TestClock()
        private var now: Instant { clock.now }
        private var outstanding: [Machine.Permit] = []
        private(set) var transitions = 0

        init(seed: UInt64) throws {
            let random = RandomSource.seeded(seed)
            func whole(_ bound: Int) -> Int { Int(random.uniform(0, Double(bound))) }
            let limits: [CircuitBreakerPolicy.HalfOpenLimit?] = [
                nil, .reopens(after: .seconds(3)), .givesPermitsBack(after: .seconds(3)),
            ]
            let slow = try CircuitBreakerPolicy.Rate.SlowCalls(longerThan: .seconds(2), share: 0.5)
            let trips: [CircuitBreakerPolicy.Trip] = [
                .consecutiveFailures(1 + whole(4)),
                .rate(try .init(window: .calls(8), minimumCalls: 4)),
                .rate(try .init(window: .time(.seconds(5)), minimumCalls: 3, slowCalls: slow)),
            ]
            policy = try CircuitBreakerPolicy(
                trip: trips[whole(3)], openFor: .seconds(4), openGrowth: 1 + random.uniform(0, 2),
                openMaximum: .seconds(20), halfOpenCalls: 1 + whole(3),
                successesToClose: 1 + whole(3), halfOpenLimit: limits[whole(3)])
            machine = Machine(policy, now: clock.now)
            self.random = random
        }

        mutating func step() {
            let before = machine
            switch random.uniform(0, 1) {
            case ..<0.4: admit()
            case ..<0.75: finish()
            case ..<0.95: clock.advance(by: .milliseconds(random.uniform(0, 2_000)))
            default: apply()
            }
            check(before)
        }

        private mutating func admit() {
            let from = machine.phase.state
            if let rejection = machine.shut?.rejection(now: { _ in now }) {
                #expect([.open, .forcedOpen].contains(from))
                #expect(rejection.description.hasPrefix("circuit breaker is \(from)"))
                return
            }
            let (admission, transitions) = machine.admit(now: now)
            var before = from
            for transition in transitions {
                note(transition, from: before, by: [.policy])
                before = transition.to
            }
            switch admission {
            case .admitted(let permit):
                #expect([.closed, .halfOpen, .disabled].contains(machine.phase.state))
                #expect(permit.version == machine.version)
                outstanding.append(permit)
            case .rejected:
                #expect([.open, .halfOpen].contains(machine.phase.state))
            }
        }

        private mutating func finish() {
            guard !outstanding.isEmpty else { return }
            let index = Int(random.uniform(0, Double(outstanding.count)))
            let permit = outstanding.remove(at: index)
            let results: [Machine.CallResult] = [.succeeded, .failed(), .ignored]
            let result = results[Int(random.uniform(0, Double(results.count)))]
            let (from, isCurrent) = (machine.phase.state, permit.version == machine.version)
            let transition = machine.finish(permit, result, time: clock.time)
            #expect(transition == nil || isCurrent, "an old result decided")
            #expect(transition == nil || result != .ignored, "an ignored result decided")
            note(transition, from: from, by: [.policy])
        }

        private mutating func apply() {
            let orders: [CircuitBreaker.Order] = [
                .open(for: nil), .open(for: .seconds(3)), .reset, .halfOpen, .disable, .enable,
            ]
            let order = orders[Int(random.uniform(0, Double(orders.count)))]
            let (from, version) = (machine.phase.state, machine.version)
            do {
                note(try machine.apply(order, by: .operator, now: now), from: from, by: [.operator])
            } catch {
                #expect(machine.phase.state == from && machine.version == version)
            }
        }

        private mutating func note(
            _ transition: CircuitBreaker.Transition?, from: CircuitBreaker.State, by: [Author]
        ) {
            guard let transition else { return }
            transitions += 1
            #expect(transition.from == from)
            if transition.version == machine.version {
                #expect(transition.to == machine.phase.state)
            }
            #expect(by.contains(transition.by))
            let legal: [CircuitBreaker.State]
            switch (transition.by, from) {
            case (.policy, .closed): legal = [.open]
            case (.policy, .open), (.policy, .forcedOpen): legal = [.halfOpen]
            case (.policy, .halfOpen): legal = [.closed, .open, .halfOpen]
            case (.policy, .disabled): legal = []
            case (_, .closed): legal = [.forcedOpen, .halfOpen, .disabled]
            case (_, .disabled): legal = [.forcedOpen, .closed]
            case (_, .open), (_, .halfOpen), (_, .forcedOpen):
                legal = [.forcedOpen, .closed, .halfOpen, .disabled]
            }
            #expect(legal.contains(transition.to), "\(from) to \(transition.to)")
        }

        private func check(_ before: Machine) {
            #expect(machine.version - before.version <= 2)
            #expect(machine.gate.version == machine.version)
            #expect(machine.snapshot(now: now) == machine.snapshot(now: now))
            let counts = machine.counts
            #expect(counts.succeeded >= 0 && counts.total >= 0 && counts.consecutiveFailures >= 0)
            if case .halfOpen(let probes) = machine.phase {
                // Every permit of this state belongs to a call, and the machine counts every
                // permit.
                #expect(probes.running == outstanding.count { $0.version == machine.version })
                #expect(probes.running <= policy.halfOpenCalls)
                #expect(probes.succeeded < policy.successesToClose)
            }
            if case .open(let until) = machine.phase {
                #expect(until - now <= .seconds(20))
            }
        }
    }
}

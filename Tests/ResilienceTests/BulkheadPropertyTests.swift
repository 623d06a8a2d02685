import Testing

@testable import Resilience

/// The bulkhead's state machine under random orders of everything that can happen to it.
@Suite struct BulkheadPropertyTests {
    typealias Machine = Bulkhead.StateMachine

    /// What must be so, kept beside the machine in the plainest way.
    struct Model {
        var machine: Machine
        var running = 0
        var queue: [Machine.Ticket] = []
        var rejected = 0

        /// The tickets that the machine admitted are the queue's first, in order.
        mutating func admit(_ tickets: [Machine.Ticket]) {
            #expect(Array(queue.prefix(tickets.count)) == tickets)
            queue.removeFirst(tickets.count)
            running += tickets.count
            // None is admitted above the limit.
            if !tickets.isEmpty { #expect(running <= machine.maxConcurrent) }
        }

        mutating func step(_ random: RandomSource) {
            switch random.below(10) {
            case 0..<5: enter()
            case 5..<7 where running > 0:
                running -= 1
                admit(machine.leave().map { [$0] } ?? [])
            case 7 where !queue.isEmpty:
                let ticket = queue.remove(at: random.below(queue.count))
                let expired = random.below(2) == 0
                if expired { rejected += 1 }
                let hasLeft = machine.abandon(ticket, expired: expired)
                // Whoever is late finds that it has left.
                let leavesAgain = machine.abandon(ticket, expired: true)
                #expect(hasLeft && !leavesAgain)
            case 8:
                admit(
                    machine.resize(
                        maxConcurrent: 1 + random.below(6), queueSize: random.below(8)))
            default:
                break
            }
            check()
        }

        mutating func enter() {
            let hadRoom = running < machine.maxConcurrent
            let hadPlace = queue.count < machine.queueSize
            switch machine.enter() {
            case .admitted:
                #expect(hadRoom)
                running += 1
            case .queued(let ticket):
                #expect(!hadRoom && hadPlace)
                queue.append(ticket)
            case .rejected(let rejection):
                #expect(!hadRoom && !hadPlace)
                #expect(rejection == .bulkheadFull(active: running, queued: queue.count))
                rejected += 1
            }
        }

        func check() {
            #expect(machine.active == running)
            #expect(machine.queued == queue.count)
            #expect(machine.rejected == rejected)
            // No permit lies about while someone waits for it.
            #expect(queue.isEmpty || running >= machine.maxConcurrent)
        }
    }

    @Test func neverAboveTheLimitAndNeverALostPermit() {
        let cases = 3_000
        var steps = 0
        for seed in 0..<cases {
            let random = RandomSource.seeded(UInt64(seed))
            var model = Model(
                machine: Machine(
                    maxConcurrent: 1 + random.below(5), queueSize: random.below(6)))
            for _ in 0..<(10 + random.below(50)) {
                model.step(random)
                steps += 1
            }
            // Everyone leaves: every permit is back, and everyone had a turn.
            while model.running > 0 {
                model.running -= 1
                model.admit(model.machine.leave().map { [$0] } ?? [])
                model.check()
            }
            #expect(model.machine.active == 0)
            #expect(model.machine.queued == 0)
        }
        print("bulkhead: \(cases) cases, \(steps) steps")
    }
}

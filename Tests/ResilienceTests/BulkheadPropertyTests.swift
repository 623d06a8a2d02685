import Testing

@testable import Resilience

/// The bulkhead's state machine with random sequences of all its inputs.
@Suite struct BulkheadPropertyTests {
    typealias Machine = Bulkhead.StateMachine

    /// A simple model of the machine's state.
    struct Model {
        var machine: Machine
        var running = 0
        var queue: [Machine.Ticket] = []
        var rejected = 0

        /// Checks that the machine admitted the first tickets of the queue, in order.
        mutating func admit(_ tickets: [Machine.Ticket]) {
            #expect(Array(queue.prefix(tickets.count)) == tickets)
            queue.removeFirst(tickets.count)
            running += tickets.count
            // No ticket is admitted above the limit.
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
                // A late caller finds that its ticket has left.
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
            // No permit is free while a ticket waits.
            #expect(queue.isEmpty || running >= machine.maxConcurrent)
        }
    }

    @Test func limitIsNeverExceededAndNoPermitIsLost() {
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
            // All calls end: all permits are returned, and every ticket was served.
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

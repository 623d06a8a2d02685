extension Bulkhead {
    /// Who runs, who waits, and whose turn it is.
    ///
    /// While a call waits, every permit is given out: a permit that comes back goes to the queue.
    struct StateMachine: Sendable {
        /// A place in the queue; the lower one is the earlier.
        typealias Ticket = Int

        enum Entry: Equatable, Sendable {
            case admitted
            case queued(Ticket)
            case rejected(Rejection)
        }

        private(set) var maxConcurrent: Int
        private(set) var queueSize: Int
        private(set) var active = 0
        private(set) var rejected = 0
        private var waiting: Set<Ticket> = []
        private var head = 0
        private var tail = 0

        init(maxConcurrent: Int, queueSize: Int) {
            self.maxConcurrent = maxConcurrent
            self.queueSize = queueSize
        }

        var queued: Int { waiting.count }

        mutating func enter() -> Entry {
            if active < maxConcurrent {
                active += 1
                return .admitted
            }
            guard waiting.count < queueSize else {
                rejected += 1
                return .rejected(.bulkheadFull(active: active, queued: waiting.count))
            }
            waiting.insert(tail)
            tail += 1
            return .queued(tail - 1)
        }

        /// Gives a permit back; the ticket that has it now, where one does.
        mutating func leave() -> Ticket? {
            active -= 1
            return admitNext()
        }

        /// Takes a ticket out of the queue; `false` where it has been given its permit already.
        mutating func abandon(_ ticket: Ticket, expired: Bool) -> Bool {
            guard waiting.remove(ticket) != nil else { return false }
            if expired { rejected += 1 }
            return true
        }

        /// Changes both numbers; the tickets that are admitted by that. Calls that run or wait
        /// already go on doing so, even where they are now more than the numbers say.
        mutating func resize(maxConcurrent: Int, queueSize: Int) -> [Ticket] {
            self.maxConcurrent = maxConcurrent
            self.queueSize = queueSize
            var admitted: [Ticket] = []
            while let ticket = admitNext() { admitted.append(ticket) }
            return admitted
        }

        private mutating func admitNext() -> Ticket? {
            guard active < maxConcurrent, !waiting.isEmpty else { return nil }
            // Those between that have left are passed over.
            while waiting.remove(head) == nil { head += 1 }
            active += 1
            head += 1
            return head - 1
        }
    }
}

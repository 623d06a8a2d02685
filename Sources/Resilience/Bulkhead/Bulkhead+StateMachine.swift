extension Bulkhead {
    /// The running calls and the queue.
    ///
    /// While calls wait, all permits are in use: a returned permit goes to the first call in the
    /// queue.
    struct StateMachine: Sendable {
        /// A place in the queue. Lower tickets are served first.
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

        /// Returns a permit. Returns the ticket that receives it; `nil` if the queue is empty.
        mutating func leave() -> Ticket? {
            active -= 1
            return admitNext()
        }

        /// Removes a ticket from the queue. Returns `false` if the ticket already has its permit.
        mutating func abandon(_ ticket: Ticket, expired: Bool) -> Bool {
            guard waiting.remove(ticket) != nil else { return false }
            if expired { rejected += 1 }
            return true
        }

        /// Changes both limits. Returns the tickets that are admitted by the change. Running and
        /// waiting calls are never ended, even if they exceed the new limits.
        mutating func resize(maxConcurrent: Int, queueSize: Int) -> [Ticket] {
            self.maxConcurrent = maxConcurrent
            self.queueSize = queueSize
            var admitted: [Ticket] = []
            while let ticket = admitNext() { admitted.append(ticket) }
            return admitted
        }

        private mutating func admitNext() -> Ticket? {
            guard active < maxConcurrent, !waiting.isEmpty else { return nil }
            // Skips tickets that left the queue.
            while waiting.remove(head) == nil { head += 1 }
            active += 1
            head += 1
            return head - 1
        }
    }
}

extension StoredIdempotency {
    /// The keys whose executions are running, and the callers that wait for each.
    struct StateMachine: Sendable {
        /// A waiting caller.
        typealias Ticket = Int

        enum Entry: Equatable, Sendable {
            /// No execution is running: this caller starts one.
            case execute(Ticket)
            /// An execution is running: this caller waits for it.
            case share(Ticket)
            /// An execution is running for another request under this key.
            case conflict
            /// This caller is part of the running execution, and would wait for itself.
            case reentered
        }

        enum Departure: Equatable, Sendable {
            /// Other callers are still waiting.
            case left
            /// No caller is waiting any more: the execution may be cancelled.
            case leftLast
            /// The execution ended just before: the caller has its result.
            case tooLate
        }

        private enum Phase: Equatable {
            /// The execution looks up a kept result. Fingerprints are compared only after that,
            /// because the fingerprint of the caller that started it may be the wrong one.
            case lookingUp
            case running(fingerprint: String?)
        }

        private struct Execution {
            /// The ticket of the caller that started the execution.
            let id: Ticket
            var phase = Phase.lookingUp
            var waiting: Set<Ticket>
        }

        private var executions: [Key: Execution] = [:]
        private var nextTicket = 0

        /// The number of running executions.
        var running: Int { executions.count }
        /// The number of waiting callers, including those that started an execution.
        var waiting: Int { executions.values.reduce(0) { $0 + $1.waiting.count } }

        /// Adds a caller of a key.
        ///
        /// - Parameter isInside: returns whether the caller is part of the execution that the
        ///   ticket started.
        mutating func join(
            _ key: Key, fingerprint: String?, isInside: (Ticket) -> Bool
        ) -> Entry {
            let ticket = nextTicket
            guard let execution = executions[key] else {
                nextTicket += 1
                executions[key] = Execution(id: ticket, waiting: [ticket])
                return .execute(ticket)
            }
            if isInside(execution.id) { return .reentered }
            switch execution.phase {
            case .running(let other) where other != fingerprint:
                return .conflict
            case .lookingUp, .running:
                nextTicket += 1
                executions[key]?.waiting.insert(ticket)
                return .share(ticket)
            }
        }

        /// Records that no result was kept and the operation runs.
        mutating func begin(_ key: Key, fingerprint: String?) {
            executions[key]?.phase = .running(fingerprint: fingerprint)
        }

        mutating func leave(_ key: Key, _ ticket: Ticket) -> Departure {
            guard executions[key]?.waiting.remove(ticket) != nil else { return .tooLate }
            return executions[key]?.waiting.isEmpty == true ? .leftLast : .left
        }

        /// Ends an execution. Returns the callers that wait for it.
        mutating func end(_ key: Key) -> Set<Ticket> {
            executions.removeValue(forKey: key)?.waiting ?? []
        }
    }
}

extension StoredIdempotency {
    /// Which keys are under way, and who waits for each.
    struct StateMachine: Sendable {
        /// A caller that waits.
        typealias Ticket = Int

        enum Entry: Equatable, Sendable {
            /// Nobody does it yet: this caller does.
            case execute(Ticket)
            /// Someone does it: this caller waits.
            case share(Ticket)
            /// Someone does something else under this key.
            case conflict
            /// This caller is part of the execution, which would wait for itself.
            case reentered
        }

        enum Departure: Equatable, Sendable {
            /// Others still wait.
            case left
            /// Nobody waits any more: the execution may end.
            case leftLast
            /// It has ended just before: the caller has its result.
            case tooLate
        }

        private enum Phase: Equatable {
            /// Its executor looks for a kept result. Whether a caller's fingerprint is right is
            /// only known afterwards, for the executor's may be the wrong one.
            case lookingUp
            case running(fingerprint: String?)
        }

        private struct Execution {
            /// The ticket of the caller that began it.
            let id: Ticket
            var phase = Phase.lookingUp
            var waiting: Set<Ticket>
        }

        private var executions: [Key: Execution] = [:]
        private var nextTicket = 0

        /// Executions under way.
        var running: Int { executions.count }
        /// Callers that wait for one, whoever began it included.
        var waiting: Int { executions.values.reduce(0) { $0 + $1.waiting.count } }

        /// - Parameter isInside: whether the caller is part of the execution that the ticket began.
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

        /// Nothing was kept: it is carried out.
        mutating func begin(_ key: Key, fingerprint: String?) {
            executions[key]?.phase = .running(fingerprint: fingerprint)
        }

        mutating func leave(_ key: Key, _ ticket: Ticket) -> Departure {
            guard executions[key]?.waiting.remove(ticket) != nil else { return .tooLate }
            return executions[key]?.waiting.isEmpty == true ? .leftLast : .left
        }

        /// It has ended; those that wait for it.
        mutating func end(_ key: Key) -> Set<Ticket> {
            executions.removeValue(forKey: key)?.waiting ?? []
        }
    }
}

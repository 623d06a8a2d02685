import Synchronization

// Callers of a key: one begins its execution, the others wait for it.
extension StoredIdempotency {
    /// How a caller's waiting ended.
    enum Turn: Sendable {
        case ended(End)
        case left
    }

    /// What an execution came to.
    enum End: Sendable {
        /// A result, and of which request.
        case result(fingerprint: String?, Result<Success, CallError<Failure>>)
        /// The storage could not say whether there is one.
        case storageFailed(reason: String)
    }

    enum Entry {
        case execute(StateMachine.Ticket)
        case share(Place)
        case refused(Rejection)
    }

    struct Place: Sendable {
        let ticket: StateMachine.Ticket
        let waiter: OneShot<Turn>
    }

    /// - Parameter onRefusal: called where the call is rejected for its key.
    func share(
        _ key: Key, _ fingerprint: String?, onRefusal: () -> Void = {},
        _ operation: @escaping @Sendable () async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        while true {
            if Task.isCancelled { throw .cancelled }
            switch join(key, fingerprint) {
            case .refused(let rejection):
                onRefusal()
                throw .rejected(rejection)
            case .execute(let ticket):
                if let immediate, let end = lookUp(key, fingerprint, immediate) {
                    settle(key, end)
                    return try result(end, key, fingerprint, onRefusal)
                }
                let place = start(key, fingerprint, ticket, operation)
                switch await wait(key, place) {
                case .ended(let end): return try result(end, key, fingerprint, onRefusal)
                case .left: throw .cancelled
                }
            case .share(let place):
                let turn = await wait(key, place)
                if let success = try shared(turn, key, fingerprint, onRefusal) { return success }
            }
        }
    }

    func join(_ key: Key, _ fingerprint: String?) -> Entry {
        state.withLock { state in
            let entry = state.machine.join(key, fingerprint: fingerprint) {
                IdempotencyScope.isInside($0, of: self)
            }
            switch entry {
            case .execute(let ticket):
                return .execute(ticket)
            case .share(let ticket):
                meter.countShared()
                return .share(state.place(ticket))
            case .conflict:
                return .refused(.fingerprintMismatch(key: "\(key)"))
            case .reentered:
                return .refused(.idempotencyReentered(key: "\(key)"))
            }
        }
    }

    private func wait(_ key: Key, _ place: Place) async -> Turn {
        await withTaskCancellationHandler {
            await place.waiter.value
        } onCancel: {
            leave(key, place)
        }
    }

    private func leave(_ key: Key, _ place: Place) {
        let (departure, task) = state.withLock { state in
            let departure = state.machine.leave(key, place.ticket)
            if departure != .tooLate { state.waiters[place.ticket] = nil }
            return (departure, departure == .leftLast ? state.tasks[key] : nil)
        }
        guard departure != .tooLate else { return }
        place.waiter.fill(.left)
        task?.cancel()
    }

    /// Ends an execution and tells those who wait for it.
    func settle(_ key: Key, _ end: End) {
        let waiters = state.withLock { state in
            state.tasks.removeValue(forKey: key)
            return state.machine.end(key).compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in waiters { waiter.fill(.ended(end)) }
    }

    func result(
        _ end: End, _ key: Key, _ fingerprint: String?, _ onRefusal: () -> Void
    ) throws(CallError<Failure>) -> Success {
        switch end {
        case .result(fingerprint, let result):
            return try result.get()
        case .result:
            onRefusal()
            throw .rejected(.fingerprintMismatch(key: "\(key)"))
        case .storageFailed(let reason):
            onRefusal()
            throw .rejected(.idempotencyStorageFailed(key: "\(key)", reason: reason))
        }
    }

    /// The result of another's execution; `nil` where that was cancelled, but this caller was not.
    func shared(
        _ turn: Turn, _ key: Key, _ fingerprint: String?, _ onRefusal: () -> Void
    ) throws(CallError<Failure>) -> Success? {
        switch turn {
        case .left:
            throw .cancelled
        case .ended(let end):
            if case .result(_, .failure(.cancelled)) = end, !Task.isCancelled { return nil }
            return try result(end, key, fingerprint, onRefusal)
        }
    }
}

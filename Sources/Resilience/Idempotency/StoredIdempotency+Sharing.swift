import Synchronization

// The callers of a key: the first one starts the execution, the others wait for it.
extension StoredIdempotency {
    /// The way in which a caller's wait ended.
    enum Turn: Sendable {
        case ended(End)
        case left
    }

    /// The end of an execution.
    enum End: Sendable {
        /// A result, and the request that it belongs to.
        case result(fingerprint: String?, Result<Success, CallError<Failure>>)
        /// The storage could not report whether there is a result.
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

    /// - Parameter onRefusal: called if the key rejects the call.
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

    /// Ends an execution and resumes the callers that wait for it.
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

    /// Returns the result of another caller's execution; `nil` if the execution was cancelled and
    /// this caller was not.
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

import Synchronization

// One execution: the storage is asked, the operation carried out, and its result saved.
extension StoredIdempotency {
    /// Begins an execution in a task of its own. A storage that answers at once has been asked.
    ///
    /// - Returns: where the caller waits for it.
    func start(
        _ key: Key, _ fingerprint: String?, _ ticket: StateMachine.Ticket,
        _ operation: @escaping @Sendable () async throws(CallError<Failure>) -> Success
    ) -> Place {
        let isLookedUp = immediate != nil
        // Under the lock, so that the task cannot have ended before it is noted.
        return state.withLock { state in
            if isLookedUp { begin(&state, key, fingerprint) }
            let scope = IdempotencyScope(owner: self, execution: ticket)
            state.tasks[key] = IdempotencyScope.$current.withValue(scope) {
                Task {
                    if !isLookedUp {
                        if let end = await lookUp(key, fingerprint) {
                            settle(key, end)
                            return
                        }
                        self.state.withLock { begin(&$0, key, fingerprint) }
                    }
                    let result: Result<Success, CallError<Failure>>
                    do throws(CallError<Failure>) {
                        result = .success(try await operation())
                    } catch {
                        result = .failure(error)
                    }
                    if let record = record(of: result, fingerprint) { await save(record, key) }
                    settle(key, .result(fingerprint: fingerprint, result))
                }
            }
            return state.place(ticket)
        }
    }

    /// Nothing is kept: the operation is carried out.
    func begin(_ state: inout State, _ key: Key, _ fingerprint: String?) {
        meter.countExecuted()
        state.machine.begin(key, fingerprint: fingerprint)
    }

    /// Asks the storage; `nil` where the operation is to be carried out.
    private func lookUp(_ key: Key, _ fingerprint: String?) async -> End? {
        let loaded: Result<Record?, any Error>
        if let unsaved = unsaved(key) {
            await save(unsaved, key, again: true)
            loaded = .success(unsaved)
        } else {
            do {
                loaded = .success(try await storage.load(key))
            } catch {
                loaded = .failure(error)
            }
        }
        if Task.isCancelled {
            // All callers have left; whoever has come since begins anew.
            return .result(fingerprint: fingerprint, .failure(.cancelled))
        }
        switch loaded {
        case .success(let record): return record.map { replay($0, fingerprint) }
        case .failure(let error): return end(afterFailedLoad: error, key)
        }
    }

    /// Asks a storage that answers at once; `nil` where the operation is to be carried out.
    func lookUp(_ key: Key, _ fingerprint: String?, _ immediate: Immediate) -> End? {
        if let unsaved = unsaved(key) {
            save(unsaved, key, immediate, again: true)
            return replay(unsaved, fingerprint)
        }
        do {
            guard let record = try immediate.load(key) else { return nil }
            return replay(record, fingerprint)
        } catch {
            return end(afterFailedLoad: error, key)
        }
    }

    /// The key's result where it could not be saved.
    private func unsaved(_ key: Key) -> Record? {
        state.withLock { $0.unsaved?.peek(key, at: .never) }
    }

    /// A kept result ends the execution.
    private func replay(_ record: Record, _ fingerprint: String?) -> End {
        if record.fingerprint == fingerprint { meter.countReplayed() }
        return .result(fingerprint: record.fingerprint, record.result.mapError { .operation($0) })
    }

    /// How the execution ends where the storage threw; `nil` where the operation is to be carried
    /// out.
    private func end(afterFailedLoad error: any Error, _ key: Key) -> End? {
        report(error, key)
        switch onStorageFailure {
        case .fail: return .storageFailed(reason: FailedAttempt(error).message)
        case .executeAnyway: return nil
        }
    }

    /// What is worth keeping of a result.
    func record(
        of result: Result<Success, CallError<Failure>>, _ fingerprint: String?
    ) -> Record? {
        switch result {
        case .success(let success):
            return Record(fingerprint: fingerprint, result: .success(success))
        case .failure(.operation(let failure)):
            guard keepsFailures else { return nil }
            return Record(fingerprint: fingerprint, result: .failure(failure))
        case .failure(.rejected), .failure(.timedOut), .failure(.cancelled):
            return nil
        }
    }

    /// Saves a result; before the execution is settled, so that at no moment a key is neither under
    /// way nor kept.
    ///
    /// - Parameter again: whether it could not be saved earlier.
    private func save(_ record: Record, _ key: Key, again: Bool = false) async {
        if let immediate { return save(record, key, immediate, again: again) }
        do {
            // A task of its own, which is not cancelled when the last caller leaves: without its
            // result the operation would be carried out again.
            try await Task { [storage] in try await storage.save(record, for: key) }.value
            if again { forget(key) }
        } catch {
            notSaved(record, key, error)
        }
    }

    /// Saves a result in a storage that answers at once.
    func save(_ record: Record, _ key: Key, _ immediate: Immediate, again: Bool = false) {
        do {
            try immediate.save(record, key)
            if again { forget(key) }
        } catch {
            notSaved(record, key, error)
        }
    }

    /// The storage has the result: this process need not keep it.
    private func forget(_ key: Key) {
        state.withLock { $0.unsaved?.remove(key) }
    }

    private func notSaved(_ record: Record, _ key: Key, _ error: any Error) {
        report(error, key)
        guard onStorageFailure == .fail else { return }
        state.withLock { state in
            if state.unsaved == nil { state.unsaved = BoundedCache(.standard) }
            state.unsaved?.store(record, for: key, at: .never)
        }
    }

    private func report(_ error: any Error, _ key: Key) {
        meter.countStorageFailure()
        onStorageError?(key, error)
    }
}

extension Instant {
    /// For what has no time to live.
    static let never = Instant(nanoseconds: 0)
}

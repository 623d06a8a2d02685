import Synchronization

// An execution: looks up the storage, runs the operation, and saves its result.
extension StoredIdempotency {
    /// Starts an execution in a task of its own. For a storage that answers at once, the lookup is
    /// already done.
    ///
    /// - Returns: the value that the caller waits for.
    func start(
        _ key: Key, _ fingerprint: String?, _ ticket: StateMachine.Ticket,
        _ operation: @escaping @Sendable () async throws(CallError<Failure>) -> Success
    ) -> Place {
        let isLookedUp = immediate != nil
        // Under the lock, so that the task cannot end before it is registered.
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

    /// Registers that the key has no result, so that the operation runs.
    func begin(_ state: inout State, _ key: Key, _ fingerprint: String?) {
        meter.countExecuted()
        state.machine.begin(key, fingerprint: fingerprint)
    }

    /// Looks up the storage. Returns `nil` if the operation has to run.
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
            // All callers have left. Callers that arrived since then start a new execution.
            return .result(fingerprint: fingerprint, .failure(.cancelled))
        }
        switch loaded {
        case .success(let record): return record.map { replay($0, fingerprint) }
        case .failure(let error): return end(afterFailedLoad: error, key)
        }
    }

    /// Looks up a storage that answers at once. Returns `nil` if the operation has to run.
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

    /// The key's result, if it could not be saved.
    private func unsaved(_ key: Key) -> Record? {
        state.withLock { $0.unsaved?.peek(key, at: .never) }
    }

    /// Returns the end of an execution for which a result was kept.
    private func replay(_ record: Record, _ fingerprint: String?) -> End {
        if record.fingerprint == fingerprint { meter.countReplayed() }
        return .result(fingerprint: record.fingerprint, record.result.mapError { .operation($0) })
    }

    /// Returns the end of an execution after the storage threw; `nil` if the operation has to run.
    private func end(afterFailedLoad error: any Error, _ key: Key) -> End? {
        report(error, key)
        switch onStorageFailure {
        case .fail: return .storageFailed(reason: FailedAttempt(error).message)
        case .executeAnyway: return nil
        }
    }

    /// Returns the record of a result; `nil` if the result is not kept.
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

    /// Saves a result. Called before the execution is settled, so that a key is always either
    /// running or saved.
    ///
    /// - Parameter again: whether an earlier attempt to save it failed.
    private func save(_ record: Record, _ key: Key, again: Bool = false) async {
        if let immediate { return save(record, key, immediate, again: again) }
        do {
            // A separate task, so that it is not cancelled when the last caller leaves: without the
            // saved result, the operation would run again.
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

    /// Removes the unsaved result after the storage has accepted it.
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
    /// The time of values that do not expire.
    static let never = Instant(nanoseconds: 0)
}

import Synchronization

extension StoredIdempotency where Storage: BlockingIdempotencyStorage {
    /// Keeps results in a storage that answers on the caller's thread.
    ///
    /// - Parameters:
    ///   - keepsFailures: whether an operation's own error is a result like another.
    ///   - onStorageFailure: what a call does where the storage throws.
    ///   - onStorageError: called with each error that the storage throws, such as to log it.
    public convenience init(
        storage: Storage, keepsFailures: Bool = false,
        onStorageFailure: StorageFailurePolicy = .fail,
        onStorageError: (@Sendable (_ key: Key, _ error: any Error) -> Void)? = nil
    ) {
        self.init(
            storage, Immediate(storage), keepsFailures: keepsFailures,
            onStorageFailure: onStorageFailure, onStorageError: onStorageError)
    }

    /// Carries out `operation` on the caller's thread, unless that was or is being done under this
    /// key: then the thread is blocked until it has ended.
    ///
    /// Not for the threads of Swift's own pool, which those it waits for may need. Cancellation of
    /// the thread's task is seen when the execution has ended. A thread that the operation starts is
    /// not known to be inside of it: one that asks for the same key waits for itself.
    ///
    /// - Throws: the operation's own error; ``Rejection`` where the fingerprint is another than that of
    ///   the request under this key, where the call is made inside of the key's own operation, or
    ///   where the storage fails; or `CancellationError`.
    @available(*, noasync, message: "it blocks a thread of Swift's pool; use call")
    public func callBlocking(
        _ key: Key, fingerprint: String? = nil, _ operation: () throws(Failure) -> Success
    ) throws -> Success {
        try untypedBlocking { () throws(CallError<Failure>) in
            try shareBlocking(key, fingerprint) { () throws(CallError<Failure>) -> Success in
                var call = Call()
                return try attemptBlocking(&call, operation)
            }
        }
    }

    /// - Parameter onRefusal: called where the call is rejected for its key.
    func shareBlocking(
        _ key: Key, _ fingerprint: String?, onRefusal: () -> Void = {},
        _ operation: () throws(CallError<Failure>) -> Success
    ) throws(CallError<Failure>) -> Success {
        let immediate = immediate ?? Immediate(storage)
        while true {
            switch join(key, fingerprint) {
            case .refused(let rejection):
                onRefusal()
                throw .rejected(rejection)
            case .execute(let ticket):
                let end =
                    lookUp(key, fingerprint, immediate)
                    ?? execute(key, fingerprint, ticket, immediate, operation)
                settle(key, end)
                return try result(end, key, fingerprint, onRefusal)
            case .share(let place):
                let turn = place.waiter.block()
                if let success = try shared(turn, key, fingerprint, onRefusal) { return success }
            }
        }
    }

    private func execute(
        _ key: Key, _ fingerprint: String?, _ ticket: StateMachine.Ticket, _ immediate: Immediate,
        _ operation: () throws(CallError<Failure>) -> Success
    ) -> End {
        state.withLock { begin(&$0, key, fingerprint) }
        let scope = IdempotencyScope(owner: self, execution: ticket)
        let result = IdempotencyScope.$current.withValue(scope) {
            () -> Result<Success, CallError<Failure>> in
            do throws(CallError<Failure>) {
                return .success(try operation())
            } catch {
                return .failure(error)
            }
        }
        if let record = record(of: result, fingerprint) { save(record, key, immediate) }
        return .result(fingerprint: fingerprint, result)
    }
}

extension StoredIdempotency.Immediate where Storage: BlockingIdempotencyStorage {
    init(_ storage: Storage) {
        self.init(
            load: { try storage.loadBlocking($0) }, save: { try storage.saveBlocking($0, for: $1) })
    }
}

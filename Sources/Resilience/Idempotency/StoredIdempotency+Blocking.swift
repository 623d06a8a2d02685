import Synchronization

extension StoredIdempotency where Storage: BlockingIdempotencyStorage {
    /// Creates an instance with a storage that can answer on the caller's thread.
    ///
    /// - Parameters:
    ///   - keepsFailures: whether the operation's own errors are kept as results.
    ///   - onStorageFailure: the behaviour of a call if the storage throws.
    ///   - onStorageError: called with each error that the storage throws, for example to log it.
    public convenience init(
        storage: Storage, keepsFailures: Bool = false,
        onStorageFailure: StorageFailurePolicy = .fail,
        onStorageError: (@Sendable (_ key: Key, _ error: any Error) -> Void)? = nil
    ) {
        self.init(
            storage, Immediate(storage), keepsFailures: keepsFailures,
            onStorageFailure: onStorageFailure, onStorageError: onStorageError)
    }

    /// Runs `operation` on the caller's thread, unless the key has a result. If another call runs
    /// the operation of this key, blocks the thread until that has ended.
    ///
    /// Do not use it on the threads of Swift's concurrency pool: the execution that it waits for
    /// may need these threads. Cancellation of the thread's task is noticed only after the
    /// execution has ended. A thread that the operation starts is not part of the execution: if it
    /// calls for the same key, it waits for itself.
    ///
    /// - Throws: the operation's own error; ``Rejection`` if the fingerprint differs from that of
    ///   the request under this key, if the call is made inside the key's own operation, or if the
    ///   storage fails; or `CancellationError`.
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

    /// - Parameter onRefusal: called if the key rejects the call.
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

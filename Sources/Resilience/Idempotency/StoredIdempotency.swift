import Synchronization

/// Runs the operation of each key once. Further calls with the key, concurrent or later, get the
/// same result.
///
/// ```swift
/// let receipts = StoredIdempotency(storage: ReceiptTable(database))
/// let receipt = try await receipts.call(order.id, fingerprint: order.hash) {
///     try await pay(order)
/// }
/// ```
///
/// ``Idempotency`` is the form with results in memory.
///
/// Concurrent callers share one execution in a task of its own. It looks up the storage, runs the
/// operation if no result is kept, and saves the result before callers get it. A cancelled caller
/// leaves at once and the execution continues for the others; it is cancelled when the last caller
/// has left. Failures are kept only with `keepsFailures`; otherwise a later call tries again.
/// Rejections, time-outs and cancellation are never kept. Another request under a key that is in
/// use is rejected with ``Rejection/fingerprintMismatch(key:)``.
///
/// An operation that calls for its own key would wait for itself; the call is rejected with
/// ``Rejection/idempotencyReentered(key:)``. A task local records which tasks are inside an
/// operation: child tasks and `Task { }` that the operation starts are inside, even if the
/// operation does not wait for them. Threads and detached tasks are outside. Two operations that
/// call for each other's keys are not detected.
public final class StoredIdempotency<Storage: IdempotencyStorage>: Monitorable {
    /// The type of the keys.
    public typealias Key = Storage.Key
    /// The result of the operation.
    public typealias Success = Storage.Success
    /// The error of the operation.
    public typealias Failure = Storage.Failure
    /// A kept result.
    typealias Record = IdempotencyRecord<Success, Failure>

    /// The numbers of executions and waiting callers.
    public struct Counts: Equatable, Sendable {
        /// Running executions.
        public let running: Int
        /// Waiting callers, including those that started an execution.
        public let waiting: Int
        /// Executions since the start.
        public let executed: Int
        /// Calls since the start that joined the execution of another call.
        public let shared: Int
        /// Calls since the start that were answered with a kept result.
        public let replayed: Int
        /// Errors thrown by the storage since the start.
        public internal(set) var storageFailures = 0
        /// Results that could not be saved. They stay in this process until they are; at most
        /// 1,000.
        public internal(set) var unsaved = 0
    }

    struct State {
        var machine = StateMachine()
        var waiters: [StateMachine.Ticket: OneShot<Turn>] = [:]
        var tasks: [Key: Task<Void, Never>] = [:]
        /// Results that could not be saved; `nil` until the first one.
        var unsaved: BoundedCache<Key, Record>?

        mutating func place(_ ticket: StateMachine.Ticket) -> Place {
            let place = Place(ticket: ticket, waiter: OneShot())
            waiters[ticket] = place.waiter
            return place
        }
    }

    /// The functions of a storage that answers without suspending.
    struct Immediate: Sendable {
        let load: @Sendable (Key) throws -> Record?
        let save: @Sendable (Record, Key) throws -> Void
    }

    /// Counts the executions, and the calls that needed none.
    public let meter = IdempotencyMeter()

    let storage: Storage
    let immediate: Immediate?
    let keepsFailures: Bool
    let onStorageFailure: StorageFailurePolicy
    let onStorageError: (@Sendable (_ key: Key, _ error: any Error) -> Void)?
    let state = Mutex(State())

    init(
        _ storage: Storage, _ immediate: Immediate?, keepsFailures: Bool,
        onStorageFailure: StorageFailurePolicy,
        onStorageError: (@Sendable (_ key: Key, _ error: any Error) -> Void)?
    ) {
        self.storage = storage
        self.immediate = immediate
        self.keepsFailures = keepsFailures
        self.onStorageFailure = onStorageFailure
        self.onStorageError = onStorageError
    }

    /// Creates an instance with a storage.
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
            storage, nil, keepsFailures: keepsFailures, onStorageFailure: onStorageFailure,
            onStorageError: onStorageError)
    }

    /// The present numbers. Reading them has no side effects.
    public var counts: Counts {
        state.withLock { state in
            let counts = meter.counts
            return Counts(
                running: state.machine.running, waiting: state.machine.waiting,
                executed: counts.executed, shared: counts.shared, replayed: counts.replayed,
                storageFailures: counts.storageFailures, unsaved: state.unsaved?.count ?? 0)
        }
    }

    /// Runs `operation` unless the key has a result or a running execution; then returns that
    /// result.
    ///
    /// - Parameters:
    ///   - fingerprint: identifies the request, for example by a hash of its body.
    /// - Throws: the operation's own error; ``Rejection`` if the fingerprint differs from that of
    ///   the request under this key, if the call is made inside the key's own operation, or if the
    ///   storage fails; `CancellationError` as soon as the task is cancelled.
    public func call(
        _ key: Key, fingerprint: String? = nil,
        _ operation: @escaping @Sendable () async throws(Failure) -> Success
    ) async throws -> Success {
        try await untyped { () async throws(CallError<Failure>) in
            try await share(key, fingerprint) { () async throws(CallError<Failure>) -> Success in
                var call = Call()
                return try await attempt(&call, operation)
            }
        }
    }

    /// Runs `operation` under a strategy unless the key has a result or a running execution; then
    /// returns that result.
    ///
    /// - Parameters:
    ///   - fingerprint: identifies the request, for example by a hash of its body.
    ///   - strategy: the strategy of the execution, for all callers that share it.
    /// - Throws: the errors of the strategy's ``Strategy/call(_:)`` and of
    ///   ``call(_:fingerprint:_:)``.
    public func call(
        _ key: Key, fingerprint: String? = nil, under strategy: some Strategy,
        _ operation: @escaping @Sendable () async throws(Failure) -> Success
    ) async throws -> Success {
        try await untyped { () async throws(CallError<Failure>) in
            try await share(key, fingerprint) { () async throws(CallError<Failure>) -> Success in
                try await strategy.call(throwing: Failure.self, operation)
            }
        }
    }

    /// Adds the kind `idempotency` and the counts.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("idempotency")
        if facets.idempotency == nil { facets.idempotency = meter }
    }
}

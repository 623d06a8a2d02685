import Synchronization

/// Carries out what is asked for under one key once: who asks again, meanwhile or later, gets the
/// same result.
///
/// ```swift
/// let receipts = StoredIdempotency(storage: ReceiptTable(database))
/// let receipt = try await receipts.call(order.id, fingerprint: order.hash) {
///     try await pay(order)
/// }
/// ```
///
/// ``Idempotency`` is one with results in memory.
///
/// Callers at the same time share one execution, which is a task of its own: it asks the storage,
/// carries out the operation where nothing is kept, and saves the result before callers get it. A
/// caller that is cancelled leaves at once and the execution goes on for the others; it is cancelled
/// when the last has left. Failures are not kept unless asked for: who asks later tries again.
/// Rejections, time-outs and cancellation are never kept. Another request under a key that is in use
/// is rejected with ``Rejection/fingerprintMismatch(key:)``.
///
/// An operation that asks for its own key would wait for itself; it is rejected with
/// ``Rejection/idempotencyReentered(key:)``. Whether a caller is inside of an operation is known by a
/// task local: child tasks and `Task { }` that the operation starts are inside of it, even where the
/// operation does not wait for them. Threads and detached tasks are outside. Two operations of
/// different callers that ask for each other's keys are not detected.
public final class StoredIdempotency<Storage: IdempotencyStorage>: Monitorable {
    /// What calls are told apart by.
    public typealias Key = Storage.Key
    /// What the operation returns.
    public typealias Success = Storage.Success
    /// What the operation throws.
    public typealias Failure = Storage.Failure
    /// A result that is kept.
    typealias Record = IdempotencyRecord<Success, Failure>

    /// Executions and who waits for them.
    public struct Counts: Equatable, Sendable {
        /// Executions under way.
        public let running: Int
        /// Callers that wait for one, those that began it included.
        public let waiting: Int
        /// Executions since the start.
        public let executed: Int
        /// Calls since the start that joined an execution of another.
        public let shared: Int
        /// Calls since the start that a kept result answered.
        public let replayed: Int
        /// Times since the start that the storage threw.
        public internal(set) var storageFailures = 0
        /// Results that could not be saved and are kept in this process until they are; at most
        /// 1,000.
        public internal(set) var unsaved = 0
    }

    struct State {
        var machine = StateMachine()
        var waiters: [StateMachine.Ticket: OneShot<Turn>] = [:]
        var tasks: [Key: Task<Void, Never>] = [:]
        /// Results that could not be saved; `nil` until there is one.
        var unsaved: BoundedCache<Key, Record>?

        mutating func place(_ ticket: StateMachine.Ticket) -> Place {
            let place = Place(ticket: ticket, waiter: OneShot())
            waiters[ticket] = place.waiter
            return place
        }
    }

    /// How a storage is asked that answers without suspending.
    struct Immediate: Sendable {
        let load: @Sendable (Key) throws -> Record?
        let save: @Sendable (Record, Key) throws -> Void
    }

    /// Counts what was carried out, and what was spared.
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

    /// Keeps results in a storage.
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
            storage, nil, keepsFailures: keepsFailures, onStorageFailure: onStorageFailure,
            onStorageError: onStorageError)
    }

    /// The present numbers. Taking them changes nothing.
    public var counts: Counts {
        state.withLock { state in
            let counts = meter.counts
            return Counts(
                running: state.machine.running, waiting: state.machine.waiting,
                executed: counts.executed, shared: counts.shared, replayed: counts.replayed,
                storageFailures: counts.storageFailures, unsaved: state.unsaved?.count ?? 0)
        }
    }

    /// Carries out `operation`, unless that was or is being done under this key.
    ///
    /// - Parameters:
    ///   - fingerprint: tells requests apart, such as a hash of the request's body.
    /// - Throws: the operation's own error; ``Rejection`` where the fingerprint is another than that of
    ///   the request under this key, where the call is made inside of the key's own operation, or
    ///   where the storage fails; `CancellationError` as soon as the task is cancelled.
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

    /// Carries out `operation` under a strategy, unless that was or is being done under this key.
    ///
    /// - Parameters:
    ///   - fingerprint: tells requests apart, such as a hash of the request's body.
    ///   - strategy: what an execution runs under, whoever asks for it.
    /// - Throws: what the strategy's ``Strategy/call(_:)`` throws, or ``call(_:fingerprint:_:)``.
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

    /// Adds `idempotency` and its counts.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("idempotency")
        if facets.idempotency == nil { facets.idempotency = meter }
    }
}

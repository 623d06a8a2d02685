// The meter counts each execution as one call, however many callers share it, so attempts and
// latencies are those of real work. Shared and replayed calls are counted in the facet. A request
// with a wrong fingerprint is a rejected call.
extension Monitored {
    /// Runs `operation` unless the key has a result or a running execution, and counts the
    /// execution as a call.
    ///
    /// - Throws: as ``StoredIdempotency/call(_:fingerprint:_:)`` does.
    public func call<Storage>(
        _ key: Storage.Key, fingerprint: String? = nil,
        _ operation: @escaping @Sendable () async throws(Storage.Failure) -> Storage.Success
    ) async throws -> Storage.Success where Base == StoredIdempotency<Storage> {
        try await untyped { () async throws(CallError<Storage.Failure>) in
            try await share(key, fingerprint) { call throws(CallError<Storage.Failure>) in
                try await attempt(&call, operation)
            }
        }
    }

    /// Runs `operation` under a strategy unless the key has a result or a running execution, and
    /// counts the execution as a call.
    ///
    /// - Throws: as ``StoredIdempotency/call(_:fingerprint:under:_:)`` does.
    public func call<Storage>(
        _ key: Storage.Key, fingerprint: String? = nil, under strategy: some Strategy,
        _ operation: @escaping @Sendable () async throws(Storage.Failure) -> Storage.Success
    ) async throws -> Storage.Success where Base == StoredIdempotency<Storage> {
        try await untyped { () async throws(CallError<Storage.Failure>) in
            try await share(key, fingerprint) { call throws(CallError<Storage.Failure>) in
                try await strategy.attempts(&call, operation)
            }
        }
    }

    /// Runs `operation` on the caller's thread unless the key has a result or a running execution,
    /// and counts the execution as a call.
    ///
    /// - Throws: as ``StoredIdempotency/callBlocking(_:fingerprint:_:)`` does.
    @available(*, noasync, message: "it blocks a thread of Swift's pool; use call")
    public func callBlocking<Storage>(
        _ key: Storage.Key, fingerprint: String? = nil,
        _ operation: () throws(Storage.Failure) -> Storage.Success
    ) throws -> Storage.Success
    where Base == StoredIdempotency<Storage>, Storage: BlockingIdempotencyStorage {
        try untypedBlocking { () throws(CallError<Storage.Failure>) in
            try base.shareBlocking(key, fingerprint, onRefusal: countRefusal) {
                () throws(CallError<Storage.Failure>) -> Storage.Success in
                try countedBlocking(by: meter) { call throws(CallError<Storage.Failure>) in
                    try attemptBlocking(&call, operation)
                }
            }
        }
    }

    private func share<Storage>(
        _ key: Storage.Key, _ fingerprint: String?,
        _ execution:
            @escaping @Sendable (inout Call) async throws(CallError<Storage.Failure>) ->
            Storage.Success
    ) async throws(CallError<Storage.Failure>) -> Storage.Success
    where Base == StoredIdempotency<Storage> {
        try await base.share(key, fingerprint, onRefusal: countRefusal) {
            () async throws(CallError<Storage.Failure>) -> Storage.Success in
            try await counted(by: meter, execution)
        }
    }

    private func countRefusal() {
        meter.end(meter.begin(), .rejected, Call(meter: meter))
    }
}

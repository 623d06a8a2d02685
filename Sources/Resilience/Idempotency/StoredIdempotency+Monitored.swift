// An execution is a call, however many share it; what was spared stands in the facet. So attempts
// and latencies stay those of real work. A refused request is a rejected call.
extension Monitored {
    /// Carries out `operation`, unless that was or is being done under this key, and counts the
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

    /// Carries out `operation` under a strategy, unless that was or is being done under this key,
    /// and counts the execution as a call.
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

    /// Carries out `operation` on the caller's thread, unless that was or is being done under this
    /// key, and counts the execution as a call.
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

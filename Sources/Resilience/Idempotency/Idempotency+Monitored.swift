// An execution is a call, however many share it; what was spared stands in the facet. So attempts
// and latencies stay those of real work. A refused request is a rejected call.
extension Monitored {
    /// Carries out `operation`, unless that was or is being done under this key, and counts the
    /// execution as a call.
    ///
    /// - Throws: ``CallError``, as ``Idempotency/call(_:fingerprint:_:)`` does.
    public func call<Key, Success, Failure: Error>(
        _ key: Key, fingerprint: String? = nil,
        _ operation: @escaping @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success
    where Base == Idempotency<Key, Success, Failure> {
        try await share(key, fingerprint) { call throws(CallError<Failure>) in
            try await attempt(&call, operation)
        }
    }

    /// Carries out `operation` under a strategy, unless that was or is being done under this key,
    /// and counts the execution as a call.
    ///
    /// - Throws: ``CallError``, as ``Idempotency/call(_:fingerprint:under:_:)`` does.
    public func call<Key, Success, Failure: Error>(
        _ key: Key, fingerprint: String? = nil, under strategy: some Strategy,
        _ operation: @escaping @Sendable () async throws(Failure) -> Success
    ) async throws(CallError<Failure>) -> Success
    where Base == Idempotency<Key, Success, Failure> {
        try await share(key, fingerprint) { call throws(CallError<Failure>) in
            try await strategy.run(&call) { call throws(CallError<Failure>) in
                try await attempt(&call, operation)
            }
        }
    }

    /// Carries out `operation` on the caller's thread, unless that was or is being done under this
    /// key, and counts the execution as a call.
    ///
    /// - Throws: ``CallError``, as ``Idempotency/callBlocking(_:fingerprint:_:)`` does.
    public func callBlocking<Key, Success, Failure: Error>(
        _ key: Key, fingerprint: String? = nil, _ operation: () throws(Failure) -> Success
    ) throws(CallError<Failure>) -> Success
    where Base == Idempotency<Key, Success, Failure> {
        try base.shareBlocking(key, fingerprint, onRefusal: countRefusal) {
            () throws(CallError<Failure>) -> Success in
            try countedBlocking { call throws(CallError<Failure>) in
                try attemptBlocking(&call, operation)
            }
        }
    }

    private func share<Key, Success, Failure: Error>(
        _ key: Key, _ fingerprint: String?,
        _ execution: @escaping @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success
    where Base == Idempotency<Key, Success, Failure> {
        try await base.share(key, fingerprint, onRefusal: countRefusal) {
            () async throws(CallError<Failure>) -> Success in
            try await counted(execution)
        }
    }

    private func countRefusal() {
        meter.end(meter.begin(), .rejected, Call(meter: meter))
    }
}

/// The reason why a strategy did not let a call run. Rejections are never retried.
public enum Rejection: Error, Equatable, Sendable, CustomStringConvertible {
    /// A circuit breaker is open, forced open, or has all its probes in flight. `probeIn` can be
    /// some milliseconds too long.
    case circuit(state: CircuitBreaker.State, why: CircuitBreaker.Reason, probeIn: Duration?)
    /// A bulkhead has reached its limits of running and waiting calls.
    case bulkheadFull(active: Int, queued: Int)
    /// A call waited longer than the bulkhead's `maxWait`. A possible cause is a call from inside
    /// another call of the same bulkhead, which holds the permit.
    case queueTimeout(after: Duration)
    /// The idempotency key is in use, or has a result, for a request with another fingerprint.
    case fingerprintMismatch(key: String)
    /// The operation of an idempotency key called for its own key, and would have waited for
    /// itself.
    case idempotencyReentered(key: String)
    /// The idempotency storage could not report whether the key has a result, so the operation did
    /// not run. `reason` is the storage's error, cut at 1,024 bytes.
    case idempotencyStorageFailed(key: String, reason: String)

    /// The strategy, the reason, and the time at which it will admit calls again.
    public var description: String {
        switch self {
        case .circuit(let state, let why, let probeIn):
            let reason = why == .new ? "" : ": \(why)"
            let next = probeIn.map { ", next probe in \($0)" } ?? ""
            return "circuit breaker is \(state)\(reason)\(next)"
        case .bulkheadFull(let active, let queued):
            return "bulkhead is full: \(active) active, \(queued) queued"
        case .queueTimeout(let wait):
            return "bulkhead had no room within \(wait); does the caller hold a place in this "
                + "bulkhead itself?"
        case .fingerprintMismatch(let key):
            return "idempotency key \(key) belongs to another request"
        case .idempotencyReentered(let key):
            return "idempotency key \(key) was asked for inside its own operation, which would "
                + "wait for itself; do that work without the key, or under another one"
        case .idempotencyStorageFailed(let key, let reason):
            return
                "idempotency storage failed for key \(key), so nothing was carried out: \(reason)"
        }
    }
}

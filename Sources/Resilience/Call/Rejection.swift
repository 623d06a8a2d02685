/// Why a strategy did not let a call run. Never retried.
public enum Rejection: Error, Equatable, Sendable, CustomStringConvertible {
    /// A circuit breaker is open, held open, or has all its probes under way. `probeIn` may
    /// be some milliseconds more than it is.
    case circuit(state: CircuitBreaker.State, why: CircuitBreaker.Reason, probeIn: Duration?)
    /// A bulkhead runs and queues as many calls as it may.
    case bulkheadFull(active: Int, queued: Int)
    /// A bulkhead's turn did not come within the longest wait. One cause is a call under a bulkhead
    /// inside of another call under the same bulkhead, which holds the place.
    case queueTimeout(after: Duration)
    /// Another request is under way, or was answered, under the same idempotency key.
    case fingerprintMismatch(key: String)
    /// The operation of an idempotency key asked for its own key, and would have waited for itself.
    case idempotencyReentered(key: String)
    /// The storage of idempotent results could not say whether there is one under the key, so nothing
    /// was carried out. `reason` is the storage's error, cut at 1,024 bytes.
    case idempotencyStorageFailed(key: String, reason: String)

    /// What refused, why, and when it will let calls through again.
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

/// The measured call paths, in the order of the table.
public enum Row: String, CaseIterable, Sendable {
    case clock = "clock, two readings"
    case await = "bare await"

    case breaker = "breaker closed, blocking"
    case breakerAsync = "breaker closed, async"
    case breakerMonitored = "breaker closed + monitored, blocking"
    case breakerCounts = "breaker, window of 100 calls"
    case breakerTimes = "breaker, window of 10 s"
    case rejection = "breaker open, rejection"
    case rejectionForced = "breaker forced open, rejection"
    case rejectionMonitored = "breaker open + monitored, rejection"
    case twoThreads = "two threads on one breaker"

    case pipeline = "retry + breaker + monitored, async"
    case pipelinePlain = "retry + breaker, async"

    case retry = "retry, blocking"
    case retryAsync = "retry, async"
    case retryBudget = "retry with Finagle's budget, blocking"
    case retryFails = "retry, one failure, no wait, blocking"
    case adaptive = "adaptive retry, blocking"
    case adaptiveAsync = "adaptive retry, async"
    case contextual = "contextual retry, blocking"
    case contextualAsync = "contextual retry, async"
    case batch = "batch retry of 10 items, blocking"
    case batchAsync = "batch retry of 10 items, async"

    case bulkhead = "bulkhead, blocking"
    case bulkheadAsync = "bulkhead, async"
    case fallback = "fallback, primary answers, blocking"
    case fallbackAsync = "fallback, primary answers, async"
    case fallbackKept = "fallback, result kept, async"
    case hedge = "hedge, first answers, async"
    case timeout = "timeout, async"
    case replay = "idempotency, replay, blocking"
    case replayAsync = "idempotency, replay, async"

    case decodeCall = "wire: decode a call line"
    case decodeDelta = "wire: decode a delta line"

    /// The number of calls in one iteration, large enough that reading the clock or starting a
    /// thread does not affect the result.
    public var calls: Int {
        self == .twoThreads ? 50_000 : 1_000
    }
}

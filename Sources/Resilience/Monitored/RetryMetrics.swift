/// The counts of calls through a strategy; the guide's `RetryMetrics`. Each event is counted once.
public struct RetryMetrics: Equatable, Sendable {
    /// The way in which a call ended.
    public enum End: Equatable, Sendable {
        /// It returned a result.
        case ok
        /// It threw, after at least one attempt.
        case failed
        /// No attempt ran.
        case rejected
        /// The caller's task was cancelled.
        case cancelled
    }

    /// Calls that returned a result.
    public private(set) var ok = 0
    /// Calls that threw after at least one attempt.
    public private(set) var failed = 0
    /// Calls without an attempt.
    public private(set) var rejected = 0
    /// Calls whose caller's task was cancelled.
    public private(set) var cancelled = 0
    /// Attempts made, including those of cancelled calls.
    public private(set) var attempts = 0
    /// Calls that ended ok or failed, by their number of retries.
    public private(set) var retries: [Int: Int] = [:]
    /// Failed attempts by error type. All are counted, including those that a call's log does not
    /// keep.
    public private(set) var errors: [String: Int] = [:]
    /// The latest message of each error type.
    public private(set) var messages: [String: String] = [:]
    /// The durations of calls that ended ok or failed.
    public private(set) var latency = LatencyHistogram()
    /// The time spent on retries: from the end of a call's first attempt to the end of the call.
    public private(set) var retryTime = Duration.zero

    /// The number of error types that are counted separately; further ones are counted as
    /// ``otherErrors``.
    public static let errorTypeLimit = 64
    /// The name that stands for all error types beyond the limit.
    public static let otherErrors = "other"

    /// Creates empty metrics.
    public init() {}

    /// All calls.
    public var calls: Int { ok + failed + rejected + cancelled }

    /// The guide's summary; `nil` without calls, which means "no data" and not zero.
    public var summary: Summary? {
        calls == 0 ? nil : Summary(self)
    }

    mutating func add(
        _ end: End, attempts made: Int, failures: FailureLog, took: Duration,
        retrying: Duration
    ) {
        attempts += made
        for entry in failures.entries { add(entry.attempt, count: entry.count) }
        switch end {
        case .ok: ok += 1
        case .failed: failed += 1
        case .rejected: rejected += 1
        case .cancelled: cancelled += 1
        }
        guard end == .ok || end == .failed else { return }
        retries[max(0, made - 1), default: 0] += 1
        latency.add(took)
        retryTime += retrying
    }

    /// Adds calls that succeeded with their first attempt.
    mutating func addSuccesses(_ count: Int, bucket: Int) {
        ok += count
        attempts += count
        retries[0, default: 0] += count
        latency.add(count, bucket: bucket)
    }

    /// Adds calls without an attempt.
    mutating func addRejections(_ count: Int) {
        rejected += count
    }

    private mutating func add(_ failure: FailedAttempt, count: Int) {
        let isKnown = errors[failure.type] != nil || errors.count < Self.errorTypeLimit
        let type = isKnown ? failure.type : Self.otherErrors
        errors[type, default: 0] += count
        messages[type] = failure.message
    }

    /// Adds metrics that were counted later.
    public mutating func merge(_ other: RetryMetrics) {
        ok += other.ok
        failed += other.failed
        rejected += other.rejected
        cancelled += other.cancelled
        attempts += other.attempts
        retries.merge(other.retries, uniquingKeysWith: +)
        for (type, count) in other.errors {
            let isKnown = errors[type] != nil || errors.count < Self.errorTypeLimit
            errors[isKnown ? type : Self.otherErrors, default: 0] += count
        }
        messages.merge(other.messages.filter { errors[$0.key] != nil }) { _, new in new }
        latency.merge(other.latency)
        retryTime += other.retryTime
    }
}

extension RetryMetrics {
    /// The guide's metrics summary. Rates refer to calls that ended ok or failed.
    public struct Summary: Equatable, Sendable {
        /// All calls.
        public let total: Int
        /// ok / (ok + failed), 0 to 1; `nil` if no call ran.
        public let successRate: Double?
        /// 1 - ``successRate``.
        public let failureRate: Double?
        /// The time spent on retries, per call that ran.
        public let averageRetryTime: Duration?
        /// Calls by their number of retries.
        public let retryDistribution: [Int: Int]
        /// Failed attempts by error type, the most frequent first.
        public let commonErrors: [(type: String, count: Int)]
        /// Retries per call that ran.
        public let averageRetries: Double?

        init(_ metrics: RetryMetrics) {
            let ran = metrics.ok + metrics.failed
            total = metrics.calls
            successRate = ran == 0 ? nil : Double(metrics.ok) / Double(ran)
            failureRate = successRate.map { 1 - $0 }
            averageRetryTime = ran == 0 ? nil : metrics.retryTime / ran
            retryDistribution = metrics.retries
            commonErrors = metrics.errors.map { (type: $0.key, count: $0.value) }
                .sorted { ($1.count, $0.type) < ($0.count, $1.type) }
            let retries = metrics.retries.reduce(0) { $0 + $1.key * $1.value }
            averageRetries = ran == 0 ? nil : Double(retries) / Double(ran)
        }

        /// Returns whether all figures are equal.
        public static func == (a: Summary, b: Summary) -> Bool {
            a.total == b.total && a.successRate == b.successRate
                && a.averageRetryTime == b.averageRetryTime
                && a.retryDistribution == b.retryDistribution
                && a.commonErrors.elementsEqual(b.commonErrors) { $0 == $1 }
        }
    }
}

/// What calls through a strategy came to; the guide's `RetryMetrics`. Each thing is counted once.
public struct RetryMetrics: Equatable, Sendable {
    /// How a call ended.
    public enum End: Equatable, Sendable {
        /// It returned a result.
        case ok
        /// It threw, after at least one attempt.
        case failed
        /// No attempt of it ran.
        case rejected
        /// Its caller's task was cancelled.
        case cancelled
    }

    /// Calls that returned a result.
    public private(set) var ok = 0
    /// Calls that threw after at least one attempt.
    public private(set) var failed = 0
    /// Calls of which no attempt ran.
    public private(set) var rejected = 0
    /// Calls whose caller was cancelled.
    public private(set) var cancelled = 0
    /// Attempts made, those of cancelled calls included.
    public private(set) var attempts = 0
    /// Calls that ended ok or failed, by the number of retries each took.
    public private(set) var retries: [Int: Int] = [:]
    /// Failed attempts by error type; every one is counted, also of calls with very many.
    public private(set) var errors: [String: Int] = [:]
    /// The latest message of each error type.
    public private(set) var messages: [String: String] = [:]
    /// How long calls took that ended ok or failed.
    public private(set) var latency = LatencyHistogram()
    /// The time spent retrying: from the end of a call's first attempt to its own.
    public private(set) var retryTime = Duration.zero

    /// Error types that are told apart; further ones are counted as ``otherErrors``.
    public static let errorTypeLimit = 64
    /// The error type under which those beyond the limit are counted.
    public static let otherErrors = "other"

    /// Nothing counted yet.
    public init() {}

    /// Calls in all.
    public var calls: Int { ok + failed + rejected + cancelled }

    /// The guide's summary; `nil` without calls, which is "no data" and not zero.
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

    /// Adds calls of which no attempt ran.
    mutating func addRejections(_ count: Int) {
        rejected += count
    }

    private mutating func add(_ failure: FailedAttempt, count: Int) {
        let isKnown = errors[failure.type] != nil || errors.count < Self.errorTypeLimit
        let type = isKnown ? failure.type : Self.otherErrors
        errors[type, default: 0] += count
        messages[type] = failure.message
    }

    /// Adds what another one counted later.
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
    /// The guide's metrics summary. Rates are of calls that ended ok or failed.
    public struct Summary: Equatable, Sendable {
        /// Calls in all.
        public let total: Int
        /// ok / (ok + failed), 0 to 1; `nil` where no call ran.
        public let successRate: Double?
        /// 1 - ``successRate``.
        public let failureRate: Double?
        /// Time spent retrying, per call that ran.
        public let averageRetryTime: Duration?
        /// Calls by the number of retries each took.
        public let retryDistribution: [Int: Int]
        /// Failed attempts by error type, most first.
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

        /// Whether all figures agree.
        public static func == (a: Summary, b: Summary) -> Bool {
            a.total == b.total && a.successRate == b.successRate
                && a.averageRetryTime == b.averageRetryTime
                && a.retryDistribution == b.retryDistribution
                && a.commonErrors.elementsEqual(b.commonErrors) { $0 == $1 }
        }
    }
}

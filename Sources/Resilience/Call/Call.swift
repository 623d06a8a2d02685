/// What is known of one call while it passes through its strategies: they hand it on, the attempts
/// write into it, and nothing of it is allocated unless an attempt fails.
public struct Call: ~Copyable, Sendable {
    /// Attempts started so far.
    public private(set) var attempts = 0
    /// The error type of each failed attempt, where the call is observed.
    public private(set) var failures: [FailedAttempt] = []
    /// Why the retrying strategy that ended last made no further attempt.
    @usableFromInline var stopped: Stop?
    /// When the first attempt failed, where the call is observed.
    @usableFromInline var firstFailure: Instant?
    /// Who counts this call.
    @usableFromInline let meter: Meter?
    /// Whether failed attempts are kept.
    private let records: Bool

    @usableFromInline
    init(meter: Meter? = nil) {
        self.init(meter: meter, records: meter != nil)
    }

    init(meter: Meter? = nil, records: Bool) {
        self.meter = meter
        self.records = records
    }

    @usableFromInline
    mutating func start() {
        attempts &+= 1
    }

    /// Notes a failed attempt and says what it means for the call.
    @usableFromInline
    mutating func fail<Failure: Error>(_ error: Failure) -> CallError<Failure> {
        // Work of a cancelled task fails in many ways; none of them is the service's failure.
        if error is CancellationError || Task.isCancelled { return .cancelled }
        if records { note(FailedAttempt(error)) }
        return .operation(error)
    }

    private mutating func note(_ failure: FailedAttempt) {
        failures.append(failure)
        if firstFailure == nil { firstFailure = meter?.time.now }
    }

    /// Adds what a nested observed call did.
    @usableFromInline
    mutating func absorb(_ inner: consuming Call) {
        attempts += inner.attempts
        failures += inner.failures
        firstFailure = firstFailure ?? inner.firstFailure
        stopped = inner.stopped
    }
}

/// A failed attempt: its error's type, and its words.
public struct FailedAttempt: Equatable, Sendable {
    /// The error type: that of a ``ClassifiedError``, else the Swift type's name.
    public let type: String
    /// The error's description.
    public let message: String

    init(_ error: some Error) {
        type = (error as? any ClassifiedError)?.errorType ?? "\(Swift.type(of: error as any Error))"
        message = "\(error)"
    }
}

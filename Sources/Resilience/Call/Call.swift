/// What is known of one call while it passes through its strategies: they hand it on, the attempts
/// write into it, and nothing of it is allocated unless an attempt fails.
public struct Call: ~Copyable, Sendable {
    /// Attempts started so far.
    public private(set) var attempts = 0
    /// The failed attempts, where the call is observed.
    @usableFromInline private(set) var log: FailureLog
    /// Whether something of the result was handed over, so that there is no further attempt.
    @usableFromInline private(set) var isCommitted: Bool
    /// Why the retrying strategy that ended last made no further attempt.
    @usableFromInline var stopped: Stop?
    /// Who counts this call.
    @usableFromInline let meter: Meter?
    /// Whether failed attempts are kept.
    @usableFromInline let records: Bool
    /// The budget that counted this call, and that hears of its failed attempts.
    @usableFromInline var budget: ObjectIdentifier?

    @inlinable
    init(meter: Meter? = nil) {
        self.init(meter: meter, records: meter != nil)
    }

    @inlinable
    init(meter: Meter? = nil, records: Bool) {
        self.meter = meter
        self.records = records
        log = FailureLog()
        isCommitted = false
    }

    /// The failed attempts in order, where the call is observed: the first 100, and after them the
    /// latest of each further error type, up to 64 types.
    public var failures: [FailedAttempt] { log.kept }

    /// When the first attempt failed, where the call is observed.
    var firstFailure: Instant? { log.firstFailure }

    @usableFromInline
    mutating func start() {
        attempts &+= 1
    }

    /// Notes a failed attempt and says what it means for the call.
    ///
    /// Only the task's own cancellation counts as such. A `CancellationError` of a task that was not
    /// cancelled, for instance from a client's own deadline, is an error like any other.
    @usableFromInline
    mutating func fail<Failure: Error>(_ error: Failure) -> CallError<Failure> {
        // Work of a cancelled task fails in many ways; none of them is the service's failure.
        if Task.isCancelled { return .cancelled }
        let meaning = CallError(error)
        if case .rejected = meaning {
            // As in one pipeline, where the strategy that rejects is further in than this attempt.
            attempts &-= 1
        } else if records {
            log.add(FailedAttempt(meaning.cause), at: timeToNote)
        }
        return meaning
    }

    /// Notes that a part of the result was handed over.
    mutating func commit() {
        isCommitted = true
    }

    /// Notes that the attempt returned a value that stands for an error.
    ///
    /// Several strategies of a pipeline may judge the same value: it is noted once.
    @usableFromInline
    mutating func returned(_ error: any Error) {
        guard records, log.judgedAttempt < attempts else { return }
        log.add(FailedAttempt(error), at: timeToNote, judged: attempts)
    }

    /// The time of a call's first failure is kept, and of no other.
    private var timeToNote: Instant? { log.isEmpty ? meter?.time.now : nil }

    /// Whether a budget is the first to count this call; a further one counts it too, unless it is the
    /// same.
    @inlinable
    mutating func take(_ budget: RetryBudget) -> Bool {
        let id = ObjectIdentifier(budget)
        guard self.budget != id else { return false }
        self.budget = id
        return true
    }

    /// What an operation returns or throws.
    private mutating func result<Success, Failure: Error>(
        of operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async -> Result<Success, CallError<Failure>> {
        do throws(CallError<Failure>) {
            return .success(try await operation(&self))
        } catch {
            return .failure(error)
        }
    }

    /// Adds what a nested observed call did.
    @usableFromInline
    mutating func absorb(_ inner: borrowing Call) {
        attempts += inner.attempts
        stopped = inner.stopped
        isCommitted = isCommitted || inner.isCommitted
        // Appending nothing costs as much as half of a breaker does.
        guard !inner.log.isEmpty else { return }
        log.add(inner.log)
    }

    /// What a call did, in a form that a child task can hand back.
    struct Trace: Sendable {
        var attempts = 0
        var log = FailureLog()
        var isCommitted = false
    }

    /// How a child task ended, with what it did.
    struct Ended<Success: Sendable, Failure: Error>: Sendable {
        let result: Result<Success, CallError<Failure>>
        let trace: Trace

        /// One that never ran.
        static var cancelled: Ended { Ended(result: .failure(.cancelled), trace: Trace()) }
    }

    /// What calls in child tasks take over from this one.
    struct Nested: Sendable {
        fileprivate let meter: Meter?
        fileprivate let records: Bool
        fileprivate let budget: ObjectIdentifier?
        /// The breakers of whose probes the child tasks are a part.
        fileprivate let breakers: [ObjectIdentifier]

        /// Runs an operation to its end, in a child task.
        func ended<Success: Sendable, Failure: Error>(
            _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
        ) async -> Ended<Success, Failure> {
            Probing.enter(breakers)
            defer { Probing.leave(breakers) }
            var call = Call(meter: meter, records: records)
            call.budget = budget
            let result = await call.result(of: operation)
            return Ended(
                result: result,
                trace: Trace(
                    attempts: call.attempts, log: call.log, isCommitted: call.isCommitted))
        }
    }

    /// For calls of nothing yet, observed like this one, in child tasks.
    func nested() -> Nested {
        Nested(meter: meter, records: records, budget: budget, breakers: Probing.breakers)
    }

    /// Adds what a child task did.
    mutating func absorb(_ trace: Trace) {
        attempts += trace.attempts
        log.add(trace.log)
        isCommitted = isCommitted || trace.isCommitted
    }

    /// Notes as failed each attempt that had not ended when its time was up.
    mutating func timeOut(after limit: Duration) {
        guard records else { return }
        let failed = log.total
        guard attempts > failed else { return }
        for _ in failed..<attempts {
            log.add(FailedAttempt(TimedOut(limit: limit)), at: timeToNote)
        }
    }
}

/// The state of one call, passed through its strategies. The attempts record their results in it.
/// It allocates only when an attempt fails.
public struct Call: ~Copyable, Sendable {
    /// Attempts started so far.
    public private(set) var attempts = 0
    /// The failed attempts, if the call is observed.
    @usableFromInline private(set) var log: FailureLog
    /// Whether a part of the result was handed over. There is then no further attempt.
    @usableFromInline private(set) var isCommitted: Bool
    /// The reason why the retrying strategy that ended last made no further attempt.
    @usableFromInline var stopped: Stop?
    /// The meter that counts this call.
    @usableFromInline let meter: Meter?
    /// Whether failed attempts are recorded.
    @usableFromInline let records: Bool
    /// The budget that counted this call and receives its failed attempts.
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

    /// The failed attempts in order, if the call is observed: the first 100, then the latest of
    /// each further error type, up to 64 types.
    public var failures: [FailedAttempt] { log.kept }

    /// The time at which the first attempt failed, if the call is observed.
    var firstFailure: Instant? { log.firstFailure }

    @usableFromInline
    mutating func start() {
        attempts &+= 1
    }

    /// Records a failed attempt and returns the error that it means for the call.
    ///
    /// Only cancellation of the task itself counts as cancellation. A `CancellationError` in a task
    /// that was not cancelled, for instance from a client's own deadline, is an ordinary error.
    @usableFromInline
    mutating func fail<Failure: Error>(_ error: Failure) -> CallError<Failure> {
        // The work of a cancelled task can fail with any error; none of them is a failure of the
        // service.
        if Task.isCancelled { return .cancelled }
        let meaning = CallError(error)
        if case .rejected = meaning {
            // A strategy inside the operation rejected the call, so this attempt did not run. It is
            // not counted, as in one pipeline.
            attempts &-= 1
        } else if records {
            log.add(FailedAttempt(meaning.cause), at: timeToNote)
        }
        return meaning
    }

    /// Records that a part of the result was handed over.
    mutating func commit() {
        isCommitted = true
    }

    /// Records that the attempt returned a value that is treated as an error.
    ///
    /// Several strategies of a pipeline may classify the same value; it is recorded once.
    @usableFromInline
    mutating func returned(_ error: any Error) {
        guard records, log.judgedAttempt < attempts else { return }
        log.add(FailedAttempt(error), at: timeToNote, judged: attempts)
    }

    /// The present time for the first failure of a call; `nil` for later failures, which need no
    /// time.
    private var timeToNote: Instant? { log.isEmpty ? meter?.time.now : nil }

    /// Records that `budget` counts this call. Returns whether it is the first one to do so: two
    /// strategies that share one budget must count a call once.
    @inlinable
    mutating func take(_ budget: RetryBudget) -> Bool {
        let id = ObjectIdentifier(budget)
        guard self.budget != id else { return false }
        self.budget = id
        return true
    }

    /// Runs the operation and returns its result.
    private mutating func result<Success, Failure: Error>(
        of operation: (inout Call) async throws(CallError<Failure>) -> Success
    ) async -> Result<Success, CallError<Failure>> {
        do throws(CallError<Failure>) {
            return .success(try await operation(&self))
        } catch {
            return .failure(error)
        }
    }

    /// Adds the attempts and failures of a nested observed call.
    @usableFromInline
    mutating func absorb(_ inner: borrowing Call) {
        attempts += inner.attempts
        stopped = inner.stopped
        isCommitted = isCommitted || inner.isCommitted
        // Appending an empty log costs half as much as a call through a breaker.
        guard !inner.log.isEmpty else { return }
        log.add(inner.log)
    }

    /// The attempts and failures of a call, in a form that a child task can return.
    struct Trace: Sendable {
        var attempts = 0
        var log = FailureLog()
        var isCommitted = false
    }

    /// The result of a child task, with its attempts and failures.
    struct Ended<Success: Sendable, Failure: Error>: Sendable {
        let result: Result<Success, CallError<Failure>>
        let trace: Trace

        /// The result of a child task that never ran.
        static var cancelled: Ended { Ended(result: .failure(.cancelled), trace: Trace()) }
    }

    /// The part of a call that child tasks inherit.
    struct Nested: Sendable {
        fileprivate let meter: Meter?
        fileprivate let records: Bool
        fileprivate let budget: ObjectIdentifier?
        /// The breakers whose probes include the child tasks.
        fileprivate let breakers: [ObjectIdentifier]

        /// Runs an operation to its end in a child task.
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

    /// Returns a template for empty calls in child tasks, observed like this one.
    func nested() -> Nested {
        Nested(meter: meter, records: records, budget: budget, breakers: Probing.breakers)
    }

    /// Adds the attempts and failures of a child task.
    mutating func absorb(_ trace: Trace) {
        attempts += trace.attempts
        log.add(trace.log)
        isCommitted = isCommitted || trace.isCommitted
    }

    /// Records each attempt that had not ended at the time limit as failed.
    mutating func timeOut(after limit: Duration) {
        guard records else { return }
        let failed = log.total
        guard attempts > failed else { return }
        for _ in failed..<attempts {
            log.add(FailedAttempt(TimedOut(limit: limit)), at: timeToNote)
        }
    }
}

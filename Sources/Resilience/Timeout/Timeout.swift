/// Ends an operation that takes too long: cancels it, waits until it has ended, and throws
/// `timedOut`.
///
/// Inside of a ``Retry`` it limits each attempt; around it, the whole call with its waits. The
/// operation has to honour cancellation: one that does not is still waited for, and what it returns
/// after its time goes to the ``Disposal``. The caller's own cancellation is `cancelled`, not a time-out.
///
/// A call costs a task group with two child tasks.
public final class Timeout: Strategy {
    /// Milliseconds that an operation may take; may be changed while it runs.
    public let milliseconds: Limit

    private let disposal: Disposal?
    private let time: TimeSource

    /// A time limit that stands in the program; the clock is for tests.
    ///
    /// - Precondition: the duration is 1 ms to 365 days.
    /// - Parameters:
    ///   - duration: how long an operation may take.
    ///   - disposal: takes the result of an operation that was too late.
    public convenience init(
        _ duration: Duration, disposal: Disposal? = nil, time: TimeSource = .monotonic
    ) {
        let checked = literal(
            try Self.checked(duration))
        self.init(checked: checked, disposal, time)
    }

    /// A time limit that comes from outside, such as a file of settings; the clock is for tests.
    ///
    /// - Parameters:
    ///   - duration: how long an operation may take; 1 ms to 365 days.
    ///   - disposal: takes the result of an operation that was too late.
    /// - Throws: ``PolicyError`` where the duration is outside its bounds.
    public convenience init(
        checking duration: Duration, disposal: Disposal? = nil, time: TimeSource = .monotonic
    ) throws(PolicyError) {
        self.init(checked: try Self.checked(duration), disposal, time)
    }

    private static func checked(_ duration: Duration) throws(PolicyError) -> Duration {
        try PolicyError.require(
            duration >= .milliseconds(1) && duration <= Backoff.longest, "Timeout.duration",
            "1 ms to 365 days", got: duration)
        return duration
    }

    private init(checked duration: Duration, _ disposal: Disposal?, _ time: TimeSource) {
        self.disposal = disposal
        self.time = time
        milliseconds = Limit(
            "timeout_ms", duration / .milliseconds(1),
            in: 1...Double(Backoff.longest.milliseconds), unit: "ms")
    }

    /// Runs the operation until it ends or its time is up.
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        let limit = Duration.milliseconds(milliseconds.value)
        let nested = call.nested()
        let (ended, isLate) = await withoutActuallyEscaping(operation) { operation in
            await race(nested, operation, limit)
        }
        call.absorb(ended.trace)
        guard isLate else { return try ended.result.get() }
        await disposal?(ended.result)
        // Its caller cancelled it besides: then that is why it ended.
        if Task.isCancelled { throw .cancelled }
        call.timeOut(after: limit)
        throw .timedOut(after: limit)
    }

    /// Adds `timeout` and its limit.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("timeout")
        facets.add(milliseconds)
    }

    /// Runs the operation and a timer beside each other, until both have ended.
    ///
    /// - Returns: what the operation came to, and whether its time was up before it ended.
    private func race<Success: Sendable, Failure: Error>(
        _ nested: Call.Nested,
        _ operation:
            @escaping @Sendable (inout Call) async throws(CallError<Failure>) -> Success,
        _ limit: Duration
    ) async -> (Call.Ended<Success, Failure>, isLate: Bool) {
        await withTaskGroup(of: Event<Success, Failure>.self) { [time] group in
            group.addTask { .ended(await nested.ended(operation)) }
            group.addTask {
                do { try await time.sleep(for: limit) } catch { return .stopped }
                return .expired
            }
            var isLate = false
            var ended: Call.Ended<Success, Failure>?
            while let event = await group.next() {
                switch event {
                case .ended(let operation): ended = operation
                case .expired: isLate = ended == nil
                case .stopped: continue
                }
                group.cancelAll()
            }
            return (ended ?? .cancelled, isLate)
        }
    }
}

private enum Event<Success: Sendable, Failure: Error>: Sendable {
    case ended(Call.Ended<Success, Failure>)
    case expired
    case stopped
}

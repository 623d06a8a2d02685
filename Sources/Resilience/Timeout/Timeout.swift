/// Limits the duration of an operation. At the limit it cancels the operation, waits until it has
/// ended, and throws `timedOut`.
///
/// Inside a ``Retry`` it limits each attempt; around it, the whole call including waits. The
/// operation must react to cancellation: one that does not is still awaited, and its late result
/// goes to the ``Disposal``. Cancellation by the caller is `cancelled`, not a time-out.
///
/// A call needs a task group with two child tasks.
public final class Timeout: Strategy {
    /// The time limit in milliseconds; can be changed at run time.
    public let milliseconds: Limit

    private let disposal: Disposal?
    private let time: TimeSource

    /// Creates a time limit from a literal value. Tests may replace the clock.
    ///
    /// - Precondition: the duration is 1 ms to 365 days.
    /// - Parameters:
    ///   - duration: the time limit.
    ///   - disposal: releases the result of an operation that exceeded the limit.
    public convenience init(
        _ duration: Duration, disposal: Disposal? = nil, time: TimeSource = .monotonic
    ) {
        let checked = literal(
            try Self.checked(duration))
        self.init(checked: checked, disposal, time)
    }

    /// Creates a time limit from a value outside the program, such as a configuration file. Tests
    /// may replace the clock.
    ///
    /// - Parameters:
    ///   - duration: the time limit; 1 ms to 365 days.
    ///   - disposal: releases the result of an operation that exceeded the limit.
    /// - Throws: ``PolicyError`` if the duration is outside its bounds.
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

    /// Runs the operation until it ends or reaches the time limit.
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
        // If the caller was cancelled too, the call ends as cancelled.
        if Task.isCancelled { throw .cancelled }
        call.timeOut(after: limit)
        throw .timedOut(after: limit)
    }

    /// Adds the kind `timeout` and the limit.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("timeout")
        facets.add(milliseconds)
    }

    /// Runs the operation and a timer concurrently until both have ended.
    ///
    /// - Returns: the operation's result, and whether the limit was reached before it ended.
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

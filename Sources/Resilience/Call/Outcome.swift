/// A call's result with what it took to get it.
public struct Outcome<Success, Failure: Error> {
    /// What the call returned or threw.
    public let result: Result<Success, CallError<Failure>>
    /// Attempts made; 0 where the call was rejected.
    public let attempts: Int
    /// The failed attempts in order: the first 100, and after them the latest of each further error
    /// type, up to 64 types. Error types are cut at 128 bytes, messages at 1,024.
    public let failures: [FailedAttempt]
    /// Why there was no further attempt; `nil` where it succeeded, was cancelled, or nothing
    /// retries.
    public let stopped: Stop?
    /// The time from the call's start to its end, waiting included.
    public let elapsed: Duration
}

extension Outcome: Sendable where Success: Sendable {}

extension Outcome {
    /// Makes a call and notes what it took.
    init(
        _ time: TimeSource, _ body: (inout Call) async throws(CallError<Failure>) -> Success
    ) async {
        var call = Call(records: true)
        let start = time.now
        do throws(CallError<Failure>) {
            result = .success(try await body(&call))
            stopped = nil
        } catch {
            result = .failure(error)
            stopped = call.stopped
        }
        attempts = call.attempts
        failures = call.failures
        elapsed = time.now - start
    }
}

/// The result of a call, with its attempts, failures and duration.
public struct Outcome<Success, Failure: Error> {
    /// What the call returned or threw.
    public let result: Result<Success, CallError<Failure>>
    /// Attempts made; 0 if the call was rejected.
    public let attempts: Int
    /// The failed attempts in order: the first 100, then the latest of each further error type, up
    /// to 64 types. Error types are cut at 128 bytes, messages at 1,024.
    public let failures: [FailedAttempt]
    /// The reason why there was no further attempt; `nil` if the call succeeded, was cancelled, or
    /// has no retrying strategy.
    public let stopped: Stop?
    /// The duration of the call, including waits.
    public let elapsed: Duration
}

extension Outcome: Sendable where Success: Sendable {}

extension Outcome {
    /// Makes a call and records its attempts, failures and duration.
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

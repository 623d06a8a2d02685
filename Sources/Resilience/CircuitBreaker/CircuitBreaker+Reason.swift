extension CircuitBreaker {
    /// The reason for a breaker's state. It holds no text, so a rejection can carry it without
    /// allocating or counting references.
    public enum Reason: Equatable, Sendable, CustomStringConvertible {
        /// The breaker has not changed its state yet.
        case new
        /// This number of failures in a row.
        case consecutiveFailures(Int)
        /// This number of failures within a time.
        case failures(Int, within: Duration)
        /// This number of the calls in the window failed.
        case failed(Int, of: Int)
        /// This number of the calls in the window took too long.
        case slow(Int, of: Int, longerThan: Duration)
        /// A probe failed.
        case probeFailed
        /// A probe was slow.
        case probeWasSlow
        /// The half-open state reached its time limit.
        case halfOpenTooLong
        /// The open interval ended.
        case timeToProbe
        /// The probes did not return in time, and their permits were taken back.
        case probesDidNotReturn
        /// Enough probes succeeded.
        case probeSucceeded
        /// An order forced the breaker open until it is reset.
        case forced
        /// An order forced the breaker open for a time.
        case forcedForTime
        /// The time of the forced open state ended.
        case heldTimeIsOver
        /// An order reset the breaker.
        case reset
        /// An order made the breaker half-open.
        case askedToProbe
        /// An order disabled the breaker.
        case disabled
        /// An order enabled the breaker.
        case enabled
        /// The breaker was created in this state, for example from a stored one.
        case restored

        /// The reason as text.
        public var description: String {
            switch self {
            case .new: ""
            case .consecutiveFailures(let failures):
                failures == 1 ? "1 failure" : "\(failures) consecutive failures"
            case .failures(let failures, let time):
                "\(failures) failure\(failures == 1 ? "" : "s") within \(time)"
            case .failed(let failed, let calls): "\(failed) of \(calls) calls failed"
            case .slow(let slow, let calls, let time):
                "\(slow) of \(calls) calls took longer than \(time)"
            case .probeFailed: "probe failed"
            case .probeWasSlow: "probe was slow"
            case .halfOpenTooLong: "half-open for too long"
            case .timeToProbe: "time to probe"
            case .probesDidNotReturn: "probes did not return"
            case .probeSucceeded: "probe succeeded"
            case .forced: "forced open until reset"
            case .forcedForTime: "forced open for a time"
            case .heldTimeIsOver: "held time is over"
            case .reset: "reset"
            case .askedToProbe: "asked to probe"
            case .disabled: "disabled"
            case .enabled: "enabled"
            case .restored: "restored"
            }
        }
    }
}

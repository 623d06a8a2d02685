extension CircuitBreaker {
    /// Why a breaker is in its state. Holds no text, so that a rejection can name it without
    /// allocating or counting references.
    public enum Reason: Equatable, Sendable, CustomStringConvertible {
        /// It has not changed its state yet.
        case new
        /// So many failures in a row.
        case consecutiveFailures(Int)
        /// So many failures within a time.
        case failures(Int, within: Duration)
        /// So many of the calls in the window failed.
        case failed(Int, of: Int)
        /// So many of the calls in the window took too long.
        case slow(Int, of: Int, longerThan: Duration)
        /// A probe failed.
        case probeFailed
        /// A probe took too long.
        case probeWasSlow
        /// It was half-open for too long.
        case halfOpenTooLong
        /// It was open for its time.
        case timeToProbe
        /// The probes did not return, and others may be made.
        case probesDidNotReturn
        /// Enough probes succeeded.
        case probeSucceeded
        /// Held open by hand until it is reset.
        case forced
        /// Held open by hand for a time.
        case forcedForTime
        /// The time for which it was held open is over.
        case heldTimeIsOver
        /// Closed by hand.
        case reset
        /// Asked by hand to probe.
        case askedToProbe
        /// Disabled by hand.
        case disabled
        /// Enabled by hand.
        case enabled
        /// It was made in this state, such as one that was stored.
        case restored

        /// The reason in words.
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

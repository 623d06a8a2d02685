#if Observability
    import Resilience

    /// The error of a call in the terms of metrics and spans. Messages are omitted, because they
    /// may contain secrets.
    struct CallEnd {
        /// The error type: that of the operation's error, `TimeoutError`, `rejected` or `cancelled`.
        let type: String
        /// The reason of a rejection.
        let rejection: String?
        private let isCancelled: Bool

        /// Returns the outcome of the call, as `RetryMetrics` counts it.
        func outcome(attempts: Int) -> String {
            if isCancelled { return "cancelled" }
            return rejection != nil && attempts == 0 ? "rejected" : "failed"
        }

        init<Failure: Error>(_ error: CallError<Failure>) {
            type = error.type
            switch error {
            case .rejected(let reason): (rejection, isCancelled) = (reason.description, false)
            case .cancelled: (rejection, isCancelled) = (nil, true)
            case .operation, .timedOut: (rejection, isCancelled) = (nil, false)
            }
        }
    }

    extension CallError {
        var end: CallEnd { CallEnd(self) }

        /// The name under which `Monitored` counts the error.
        var type: String {
            switch self {
            case .operation:
                (cause as? any ClassifiedError)?.errorType ?? "\(Swift.type(of: cause))"
            case .rejected: "rejected"
            case .timedOut: "TimeoutError"
            case .cancelled: "cancelled"
            }
        }

        /// The error type of an attempt after which the call continues. A cancelled attempt
        /// exceeded its time limit.
        var attemptType: String {
            if case .cancelled = self { "TimeoutError" } else { type }
        }
    }
#endif

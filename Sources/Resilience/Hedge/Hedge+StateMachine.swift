extension Hedge {
    /// Decides when the requests of one call start, and which answer is the call's result.
    ///
    /// Request 0 is the primary, the others are hedges; hedge `n` is due at `n * delay`.
    struct StateMachine: Sendable {
        enum Action: Equatable, Sendable {
            /// Start the next request.
            case launch
            /// Return after this time: the next hedge is then due.
            case wait(Duration)
            /// Nothing to do until a request ends.
            case idle
            /// The result is decided: cancel and await the running requests.
            case finish
        }

        /// How a request ended.
        enum Answer: Equatable, Sendable {
            case succeeded
            /// Another request may succeed.
            case failed
            /// Other requests would fail too, or the request was cancelled.
            case failedForGood
        }

        private enum Phase: Equatable {
            case hedging
            /// No more requests start; a running one may still succeed.
            case draining
            case finished
        }

        let delay: Duration
        let maxHedges: Int
        let begin: Instant
        private(set) var launched = 0
        private(set) var running = 0
        /// The request whose success is the call's result.
        private(set) var winner: Int?
        private var phase = Phase.hedging

        init(delay: Duration, maxHedges: Int, begin: Instant) {
            self.delay = delay
            self.maxHedges = maxHedges
            self.begin = begin
        }

        /// Records that a request was started.
        mutating func start() {
            launched += 1
            running += 1
        }

        /// Returns the next action after a timer has fired.
        func due(at now: Instant) -> Action {
            guard phase == .hedging, launched <= maxHedges else { return .idle }
            let rest = begin + delay * launched - now
            return rest <= .zero ? .launch : .wait(rest)
        }

        mutating func ended(_ request: Int, _ answer: Answer) -> Action {
            running -= 1
            switch (phase, answer) {
            case (.finished, _):
                return .idle
            case (.hedging, .succeeded), (.draining, .succeeded):
                winner = request
                phase = .finished
                return .finish
            case (.hedging, .failed) where launched <= maxHedges:
                return .launch
            case (.hedging, .failedForGood):
                phase = .draining
                return finishIfAllEnded()
            case (.hedging, .failed), (.draining, .failed), (.draining, .failedForGood):
                return finishIfAllEnded()
            }
        }

        /// Stops starting requests, because the caller was cancelled or the budget is exhausted.
        mutating func drain() -> Action {
            guard phase == .hedging else { return .idle }
            phase = .draining
            return finishIfAllEnded()
        }

        private mutating func finishIfAllEnded() -> Action {
            guard running == 0 else { return .idle }
            phase = .finished
            return .finish
        }
    }
}

extension BatchRetry {
    /// The items of one batch that are still open, and the results of the others.
    struct StateMachine<Success, Failure: Error> {
        enum Action: Equatable {
            case done
            case retry(attempt: Int, open: Int, after: Duration)
        }

        private var results: [Result<Success, CallError<Failure>>?]
        /// The indices of the items of the next attempt.
        private(set) var open: [Int]
        private(set) var machine: Retry.StateMachine
        private var attempts = 0
        private var stopped: Stop?

        init(items: Int, _ machine: Retry.StateMachine) {
            results = Array(repeating: nil, count: items)
            open = Array(0..<items)
            self.machine = machine
        }

        var outcome: BatchOutcome<Success, Failure> {
            BatchOutcome(
                results: results.map { $0 ?? .failure(.cancelled) }, attempts: attempts,
                stopped: stopped)
        }

        /// Records the results of the open items, in their order.
        mutating func ended(
            _ latest: [Result<Success, CallError<Failure>>], _ retrier: Retrier,
            computed: (_ retry: Int, _ previous: Duration?) -> Duration
        ) throws(WrongCount) -> Action {
            guard latest.count == open.count else {
                throw WrongCount(expected: open.count, got: latest.count)
            }
            attempts += 1
            for (index, result) in zip(open, latest) { results[index] = result }
            var isCancelled = false
            var longestWait: Duration?
            open = open.filter { index in
                guard case .failure(let error) = results[index] else { return false }
                if case .cancelled = error {
                    isCancelled = true
                    return true
                }
                guard retrier.isRetryable(error) else {
                    stopped = .notRetryable
                    return false
                }
                guard let wait = retrier.retryAfter(error) else { return true }
                guard wait <= machine.maxRetryAfter else {
                    stopped = .retryAfter
                    return false
                }
                longestWait = max(wait, longestWait ?? .zero)
                return true
            }
            if isCancelled {
                cancelled()
                return .done
            }
            guard open.isEmpty else { return next(longestWait, retrier, computed) }
            if stopped == nil { retrier.budget?.succeeded() }
            return .done
        }

        /// Returns the failure of the latest attempt; `nil` if no item has failed. It is the first
        /// error among `latest`, or the first error of an item that failed in an earlier attempt.
        func failure(after latest: [Result<Success, CallError<Failure>>]) -> CallError<Failure>? {
            for case .failure(let error) in latest { return error }
            for case .failure(let error)? in results { return error }
            return nil
        }

        /// Ends the batch because the caller was cancelled. The open items fail with `cancelled`.
        mutating func cancelled() {
            for index in open { results[index] = .failure(.cancelled) }
            open = []
            stopped = nil
        }

        private mutating func next(
            _ wait: Duration?, _ retrier: Retrier,
            _ computed: (_ retry: Int, _ previous: Duration?) -> Duration
        ) -> Action {
            retrier.budget?.failed()
            let attempt = machine.attempts
            let action = machine.failed(
                retryable: true, retryAfter: wait, random: retrier.random, delay: computed)
            switch action {
            case .giveUp(let stop):
                stopped = stop
                return .done
            case .retry(let delay):
                guard retrier.budget?.allowsRetry(after: delay, &machine) ?? true else {
                    stopped = .budget
                    return .done
                }
                return .retry(attempt: attempt, open: open.count, after: delay)
            }
        }
    }
}

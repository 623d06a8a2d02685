import Synchronization

/// Starts the operation again while earlier requests have not answered, and takes the first
/// success.
///
/// Use it for idempotent operations only: the operation may complete several times for one call.
///
/// Hedge *n* starts at *n x delay*; if a request fails while further hedges are allowed, the next
/// one starts at once. After the first success, the other requests are cancelled **and awaited**,
/// so a request that ignores cancellation delays the call. Its result, if any, goes to the
/// ``Disposal``. With a budget, which may be that of a ``Retry`` around it, each hedge takes a
/// token. If all requests fail, the primary's error is thrown; ``Outcome/failures`` has all errors,
/// the primary's first. After a rejection by an inner strategy, or an error that is not retryable,
/// no further request starts. None starts after the caller was cancelled.
///
/// A call needs a task group with a child task for each request and one for the timer.
public final class Hedge: Strategy {
    /// Milliseconds before the first hedge and between hedges; can be changed at run time. An
    /// operator's value takes precedence over the policy's percentile.
    public let hedgeAfter: Limit
    /// The number of requests in addition to the primary; can be changed at run time. With 0, the
    /// operation runs in the caller's task.
    public let maxHedges: Limit
    /// The policy that the hedge was created with.
    public let policy: HedgePolicy

    /// Limits hedges in addition to the policy; can be shared between strategies.
    public let budget: RetryBudget?

    private let disposal: Disposal?
    private let time: TimeSource
    private let latencies = Mutex(RecentLatencies())
    private let launched = Atomic<Int>(0)
    private let won = Atomic<Int>(0)

    /// Creates a hedge with a policy. Tests may replace the clock.
    ///
    /// - Parameter disposal: releases the results of requests that did not win.
    public init(
        _ policy: HedgePolicy = .standard, budget: RetryBudget? = nil, disposal: Disposal? = nil,
        time: TimeSource = .monotonic
    ) {
        self.policy = policy
        self.budget = budget
        self.disposal = disposal
        self.time = time
        hedgeAfter = Limit(
            "hedge_after_ms", policy.delay / .milliseconds(1),
            in: 0...Double(Backoff.longest.milliseconds), unit: "ms")
        maxHedges = Limit(
            "max_hedges", Double(policy.maxHedges),
            in: 0...Double(HedgePolicy.hedgeBounds.upperBound), unit: "hedges")
    }

    /// Totals since the start.
    public struct Counts: Equatable, Sendable {
        /// Hedges that were started.
        public let launched: Int
        /// Calls that a hedge answered.
        public let won: Int
    }

    /// The totals. Reading them has no side effects.
    public var counts: Counts {
        Counts(launched: launched.load(ordering: .relaxed), won: won.load(ordering: .relaxed))
    }

    /// The time before the first hedge of the next call.
    public var delay: Duration {
        guard let percentile = policy.percentile, !hedgeAfter.reading.pinned,
            let recent = latencies.withLock({ latencies in
                latencies.count < HedgePolicy.minimumSamples
                    ? nil : latencies.percentile(percentile)
            })
        else { return .milliseconds(hedgeAfter.value) }
        return recent
    }

    /// Runs the operation, and further requests while it has not answered.
    public func run<Success: Sendable, Failure: Error>(
        _ call: inout Call,
        _ operation: @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async throws(CallError<Failure>) -> Success {
        let maxHedges = Int(maxHedges.value)
        guard maxHedges > 0 else { return try await operation(&call) }
        let machine = StateMachine(delay: delay, maxHedges: maxHedges, begin: time.now)
        // A retry around it that shares the budget reports the attempt's failure itself.
        let tellsAll = budget.map { call.take($0) } ?? false
        if tellsAll { budget?.callStarted() }
        let nested = call.nested()
        let (requests, winner) = await withoutActuallyEscaping(operation) { operation in
            await race(machine, nested, operation)
        }
        for request in requests { call.absorb(request.trace) }
        if let budget { tell(budget, requests, winner, all: tellsAll) }
        let answer = winner ?? requests.firstIndex { (try? $0.result.get()) != nil } ?? 0
        if let disposal {
            for (number, request) in requests.enumerated() where number != answer {
                await disposal(request.result)
            }
        }
        guard !requests.isEmpty else { throw .cancelled }
        if winner == nil, Task.isCancelled {
            await disposal?(requests[answer].result)
            throw .cancelled
        }
        return try requests[answer].result.get()
    }

    /// Reports the results of the requests to the budget.
    private func tell<Success, Failure: Error>(
        _ budget: RetryBudget, _ requests: [Call.Ended<Success, Failure>], _ winner: Int?, all: Bool
    ) {
        let failures = requests.count { request in
            if case .failure(let error) = request.result {
                policy.mayPass(after: error)
            } else {
                false
            }
        }
        let untold = all || winner != nil ? failures : max(0, failures - 1)
        for _ in 0..<untold { budget.failed() }
        if all, winner != nil { budget.succeeded() }
    }

    /// Adds the kind `hedge`, the hedge itself and its limits.
    public func describe(into facets: inout Facets) {
        facets.kinds.append("hedge")
        if facets.hedge == nil { facets.hedge = self }
        facets.add(hedgeAfter)
        facets.add(maxHedges)
        budget?.describe(into: &facets)
    }

    private enum Event<Success: Sendable, Failure: Error>: Sendable {
        case ended(Int, Call.Ended<Success, Failure>)
        case timerFired
        case timerCancelled
    }

    /// Runs requests concurrently as the machine decides, until all have ended.
    ///
    /// - Returns: the result of each request, the primary first, and the index of the winner.
    private func race<Success: Sendable, Failure: Error>(
        _ machine: StateMachine, _ nested: Call.Nested,
        _ operation:
            @escaping @Sendable (inout Call) async throws(CallError<Failure>) -> Success
    ) async -> ([Call.Ended<Success, Failure>], winner: Int?) {
        await withTaskGroup(of: Event<Success, Failure>.self) { group in
            var machine = machine
            var requests: [Call.Ended<Success, Failure>] = []
            var hasTimer = false
            var action = StateMachine.Action.launch
            while true {
                // While a request starts, the next one may become due.
                while action == .launch {
                    let number = machine.launched
                    if number > 0, budget?.allowsRequest(since: machine.begin) == false {
                        action = machine.drain()
                        break
                    }
                    guard
                        group.addTaskUnlessCancelled(operation: {
                            .ended(number, await nested.ended(operation))
                        })
                    else {
                        action = machine.drain()
                        break
                    }
                    machine.start()
                    requests.append(.cancelled)
                    if number > 0 { launched.add(1, ordering: .relaxed) }
                    action = hasTimer ? .idle : machine.due(at: time.now)
                }
                switch action {
                case .wait(let rest) where !hasTimer:
                    hasTimer = true
                    group.addTask { await self.timer(rest) ? .timerFired : .timerCancelled }
                case .finish:
                    group.cancelAll()
                case .launch, .wait, .idle:
                    break
                }
                guard let event = await group.next() else { break }
                switch event {
                case .ended(let number, let request):
                    requests[number] = request
                    action = machine.ended(number, answer(of: request.result))
                    if machine.winner == number { note(machine) }
                case .timerFired:
                    hasTimer = false
                    action = machine.due(at: time.now)
                case .timerCancelled:
                    action = machine.drain()
                }
            }
            return (requests, machine.winner)
        }
    }

    /// Waits until the next hedge is due. Returns `false` if the wait was cancelled.
    private func timer(_ rest: Duration) async -> Bool {
        do { try await time.sleep(for: rest) } catch { return false }
        return true
    }

    private func answer<Success, Failure: Error>(
        of result: Result<Success, CallError<Failure>>
    ) -> StateMachine.Answer {
        switch result {
        case .success(let value):
            guard let error = policy.results?.error(for: value) else { return .succeeded }
            return policy.mayPass(after: CallError<any Error>.operation(error))
                ? .failed : .failedForGood
        case .failure(let error):
            return policy.mayPass(after: error) ? .failed : .failedForGood
        }
    }

    /// Counts the call that the winner has answered.
    private func note(_ machine: StateMachine) {
        if machine.winner != 0 { won.add(1, ordering: .relaxed) }
        guard policy.percentile != nil else { return }
        // The latency of the call, even if a hedge answered: its primary took at least as long.
        let latency = time.now - machine.begin
        latencies.withLock { $0.add(latency) }
    }
}

import Synchronization

/// Counts the calls of one monitored strategy, and knows those under way.
public final class Meter: Sendable {
    /// Calls under way at one moment.
    public struct Gauges: Equatable, Sendable {
        /// Calls under way.
        public let inFlight: Int
        /// Of these, calls that wait for their next attempt.
        public let waiting: Int
        /// How long the oldest has run; zero without any.
        public let oldest: Duration
    }

    /// A call under way.
    @usableFromInline
    struct Ticket: Sendable {
        let slot: Int
        let start: Instant
    }

    private struct State {
        var recent = RetryMetrics()
        var total = RetryMetrics()
        /// When the call in each slot started; `nil` where the slot is free.
        var starts: [Instant?] = []
        var free: [Int] = []
    }

    let time: TimeSource
    private let state = Mutex(State())
    private let waiting = Atomic<Int>(0)

    init(time: TimeSource) {
        self.time = time
    }

    /// Everything since the start.
    public var metrics: RetryMetrics {
        state.withLock { state in
            var all = state.total
            all.merge(state.recent)
            return all
        }
    }

    /// The calls under way.
    public var gauges: Gauges {
        let now = time.now
        return state.withLock { state in
            let started = state.starts.compactMap(\.self).min()
            return Gauges(
                inFlight: state.starts.count - state.free.count,
                waiting: waiting.load(ordering: .relaxed),
                oldest: started.map { max(.zero, now - $0) } ?? .zero)
        }
    }

    /// What ended since it was last taken.
    public func take() -> RetryMetrics {
        state.withLock { state in
            let recent = state.recent
            state.total.merge(recent)
            state.recent = RetryMetrics()
            return recent
        }
    }

    @usableFromInline
    func begin() -> Ticket {
        let now = time.now
        return state.withLock { state in
            guard let slot = state.free.popLast() else {
                state.starts.append(now)
                return Ticket(slot: state.starts.count - 1, start: now)
            }
            state.starts[slot] = now
            return Ticket(slot: slot, start: now)
        }
    }

    @usableFromInline
    func end(_ ticket: Ticket, _ end: RetryMetrics.End, _ call: borrowing Call) {
        let now = time.now
        let retrying = call.attempts > 1 ? call.firstFailure.map { now - $0 } : nil
        state.withLock { state in
            state.starts[ticket.slot] = nil
            state.free.append(ticket.slot)
            state.recent.add(
                end, attempts: call.attempts, failures: call.failures, took: now - ticket.start,
                retrying: retrying ?? .zero)
        }
    }

    func startWaiting() {
        waiting.add(1, ordering: .relaxed)
    }

    func stopWaiting() {
        waiting.subtract(1, ordering: .relaxed)
    }
}

import Synchronization

/// Counts the calls of one monitored strategy, and tracks those in flight.
public final class Meter: Sendable {
    /// The calls in flight at one moment.
    public struct Gauges: Equatable, Sendable {
        /// Calls in flight.
        public let inFlight: Int
        /// Calls in flight that wait for their next attempt.
        public let waiting: Int
        /// The duration of the oldest call in flight; zero without calls.
        public let oldest: Duration
    }

    /// A call in flight.
    @usableFromInline
    struct Ticket: Sendable {
        let place: Place
        let start: Instant
    }

    /// The place in which a call in flight is registered.
    enum Place: Sendable {
        /// One of ``CallSlots``.
        case slot(Int)
        /// Under the lock, if no slot was free.
        case crowd(Int)
    }

    private struct State {
        var recent = RetryMetrics()
        var total = RetryMetrics()
        /// The start times of calls without a slot; `nil` in a free place.
        var crowd: [Instant?] = []
        var free: [Int] = []
    }

    let time: TimeSource
    private let slots = CallSlots()
    private let quiet = QuietCalls()
    private let state = Mutex(State())
    private let waiting = Atomic<Int>(0)
    /// Whether there are observers; checked by each call that ends.
    private let isHeard = Atomic(false)
    private let listeners = Mutex(Listeners())

    private struct Listeners {
        var tap: (@Sendable (EndedCall) -> Void)?
        var observers: [@Sendable (EndedCall) -> Void] = []

        var isEmpty: Bool { tap == nil && observers.isEmpty }
    }

    init(time: TimeSource) {
        self.time = time
    }

    /// The counts since the start.
    public var metrics: RetryMetrics {
        state.withLock { state in
            quiet.drain(into: &state.recent)
            var all = state.total
            all.merge(state.recent)
            return all
        }
    }

    /// The calls in flight.
    public var gauges: Gauges {
        let now = time.now
        let (count, oldest) = slots.underWay
        return state.withLock { state in
            let started = (state.crowd + [oldest]).compactMap(\.self).min()
            return Gauges(
                inFlight: count + state.crowd.count - state.free.count,
                waiting: waiting.load(ordering: .relaxed),
                oldest: started.map { max(.zero, now - $0) } ?? .zero)
        }
    }

    /// Returns the counts since the last `take()`.
    public func take() -> RetryMetrics {
        state.withLock { state in
            quiet.drain(into: &state.recent)
            let recent = state.recent
            state.total.merge(recent)
            state.recent = RetryMetrics()
            return recent
        }
    }

    /// Reports each call to `observer` as it ends, on the caller's thread, until another tap
    /// replaces it. `nil` removes the tap.
    public func tap(_ observer: (@Sendable (EndedCall) -> Void)?) {
        listen { $0.tap = observer }
    }

    /// Reports each call to `observer` as it ends, on the caller's thread, for the lifetime of the
    /// meter.
    public func onEnd(_ observer: @escaping @Sendable (EndedCall) -> Void) {
        listen { $0.observers.append(observer) }
    }

    private func listen(_ change: (inout Listeners) -> Void) {
        listeners.withLock { listeners in
            change(&listeners)
            isHeard.store(!listeners.isEmpty, ordering: .relaxed)
        }
    }

    @usableFromInline
    func begin() -> Ticket {
        let now = time.now
        if let slot = slots.claim(now) { return Ticket(place: .slot(slot), start: now) }
        return Ticket(place: .crowd(joinCrowd(now)), start: now)
    }

    @usableFromInline
    func end(_ ticket: Ticket, _ end: RetryMetrics.End, _ call: borrowing Call) {
        let now = time.now
        // Counted first, so that a call that ends is never missing from both counts and gauges.
        count(end, call, start: ticket.start, now: now)
        if isHeard.load(ordering: .relaxed) { tell(end, call, start: ticket.start, now: now) }
        switch ticket.place {
        case .slot(let slot): slots.release(slot)
        case .crowd(let place): leaveCrowd(place)
        }
    }

    @inline(__always)
    private func count(
        _ end: RetryMetrics.End, _ call: borrowing Call, start: Instant, now: Instant
    ) {
        if call.log.isEmpty {
            let took = now.nanoseconds &- start.nanoseconds
            if end == .ok, call.attempts == 1, quiet.addSuccess(nanoseconds: took) { return }
            if end == .rejected, call.attempts == 0 { return quiet.addRejection() }
        }
        slowPath(end, call, start: start, now: now)
    }

    @inline(never)
    private func slowPath(
        _ end: RetryMetrics.End, _ call: borrowing Call, start: Instant, now: Instant
    ) {
        let retrying = Self.retrying(call, now: now)
        state.withLock { state in
            state.recent.add(
                end, attempts: call.attempts, failures: call.log, took: now - start,
                retrying: retrying)
        }
    }

    /// Returns the time since the call's first attempt failed; zero if there was only one attempt.
    private static func retrying(_ call: borrowing Call, now: Instant) -> Duration {
        guard call.attempts > 1, let first = call.firstFailure else { return .zero }
        return now - first
    }

    @inline(never)
    private func tell(
        _ end: RetryMetrics.End, _ call: borrowing Call, start: Instant, now: Instant
    ) {
        let ended = EndedCall(
            end: end, attempts: call.attempts, took: now - start,
            retrying: Self.retrying(call, now: now), errors: call.failures.map(\.type))
        let listeners = listeners.withLock { $0 }
        listeners.tap?(ended)
        for observer in listeners.observers { observer(ended) }
    }

    private func joinCrowd(_ start: Instant) -> Int {
        state.withLock { state in
            guard let place = state.free.popLast() else {
                state.crowd.append(start)
                return state.crowd.count - 1
            }
            state.crowd[place] = start
            return place
        }
    }

    private func leaveCrowd(_ place: Int) {
        state.withLock { state in
            state.crowd[place] = nil
            state.free.append(place)
        }
    }

    func startWaiting() {
        waiting.wrappingAdd(1, ordering: .relaxed)
    }

    func stopWaiting() {
        waiting.wrappingSubtract(1, ordering: .relaxed)
    }
}

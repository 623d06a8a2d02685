extension CircuitBreaker.StateMachine {
    /// Applies an order to the breaker.
    mutating func apply(
        _ order: CircuitBreaker.Order, by author: Author, now: Instant
    ) throws(CircuitBreaker.OrderRejection) -> CircuitBreaker.Transition? {
        switch (order, phase) {
        case (.open(let duration), _):
            let why = duration == nil ? CircuitBreaker.Reason.forced : .forcedForTime
            return change(to: .forcedOpen(until: duration.map { now + $0 }), author, why, now)
        case (.reset, .closed):
            clear()
            return nil
        case (.reset, _):
            let transition = change(to: .closed, author, .reset, now)
            clear()
            return transition
        case (.halfOpen, .disabled):
            throw CircuitBreaker.OrderRejection.pointless(
                "the breaker is disabled; enable it first")
        case (.halfOpen, .halfOpen), (.disable, .disabled), (.enable, .closed),
            (.enable, .open), (.enable, .halfOpen):
            return nil
        case (.halfOpen, _):
            return change(
                to: .halfOpen(Probes()), author, .askedToProbe, now)
        case (.disable, _):
            return change(to: .disabled, author, .disabled, now)
        case (.enable, .forcedOpen):
            throw CircuitBreaker.OrderRejection.pointless(
                "the breaker is forced open; reset it instead")
        case (.enable, .disabled):
            return change(to: .closed, author, .enabled, now)
        }
    }
}

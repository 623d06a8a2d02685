import Fleet
public import ResilienceWire

extension Line {
    /// The counters in the line and their strategy; `nil` if it has none. Calls shown by `tap` are
    /// left out, because a delta counts them too.
    public var counted: (strategy: String, counters: Counters)? {
        if case .delta(let delta) = message { return (delta.strategy, delta.counters) }
        if case .call(let call) = message, !call.tap { return (call.strategy, Counters(call)) }
        return nil
    }
}

/// How much detail a viewer gets of agents' deltas and calls.
public enum MetricsDetail: Equatable, Sendable, CaseIterable {
    /// Each delta as it arrives.
    case full
    /// One sum of a strategy's deltas for each second of the hub's clock; calls as they arrive.
    case perSecond
    /// No deltas and no calls.
    case off
}

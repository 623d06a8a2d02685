/// How closely a viewer follows what agents count: their deltas and calls.
public enum MetricsDetail: Equatable, Sendable, CaseIterable {
    /// Each delta as it comes.
    case full
    /// The deltas of a strategy summed over each second of the hub's clock; calls as they come.
    case perSecond
    /// None.
    case off
}

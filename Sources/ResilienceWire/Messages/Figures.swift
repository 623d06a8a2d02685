/// How closely a viewer follows what agents count: their deltas and calls.
public enum Figures: Equatable, Sendable, CaseIterable {
    /// Each delta as it comes.
    case each
    /// The deltas of a strategy summed over each second of the hub's clock; calls as they come.
    case bySecond
    /// None.
    case none
}

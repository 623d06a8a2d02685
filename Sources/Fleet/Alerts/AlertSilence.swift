/// A silence: alerts about matching addresses do not fire until it ends.
public struct AlertSilence: Equatable, Sendable {
    /// The agents and strategies whose alerts are silenced.
    public var match: AddressPattern
    /// The end of the silence in Unix milliseconds.
    public var until: Int64
    /// The reason that the operator gave.
    public var reason: String

    /// Creates a silence.
    public init(match: AddressPattern, until: Int64, reason: String) {
        self.match = match
        self.until = until
        self.reason = reason
    }
}

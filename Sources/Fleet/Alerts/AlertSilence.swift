/// A time in which alerts about an address are not wanted.
public struct AlertSilence: Equatable, Sendable {
    /// Whose alerts are silenced.
    public var match: AddressPattern
    /// Unix milliseconds at which it is over.
    public var until: Int64
    /// Why.
    public var reason: String

    /// A silence.
    public init(match: AddressPattern, until: Int64, reason: String) {
        self.match = match
        self.until = until
        self.reason = reason
    }
}

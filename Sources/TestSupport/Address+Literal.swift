public import ResilienceWire

extension Address: ExpressibleByStringLiteral {
    /// The address that a text names.
    public init(stringLiteral text: String) { self.init(lenient: text) }
}

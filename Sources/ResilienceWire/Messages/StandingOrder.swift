/// In the stream: an order that the hub keeps by its address, and gives to instances that come later
/// or come back: forced open, disabled, a pinned limit; or one that excepts an address from another.
public struct StandingOrder: Equatable, Sendable {
    /// The command that it came from.
    public var id: String
    /// The address, as the operator typed it.
    public var address: String
    /// What holds; an `open` has its time in ``until``.
    public var order: Command.Order
    /// Unix milliseconds at which it is over; absent where it holds until it is ended.
    public var until: Int64?
    /// Who gave it.
    public var who: String?
    /// Why, in the operator's words, at most 1,024 bytes.
    public var reason: String?

    /// An order that holds.
    public init(
        id: String, address: String, order: Command.Order, until: Int64? = nil,
        who: String? = nil, reason: String? = nil
    ) {
        self.id = id
        self.address = address
        self.order = order
        self.until = until
        self.who = who
        self.reason = reason
    }
}

/// In the stream: a standing order holds no longer.
public struct StandingEnd: Equatable, Sendable {
    /// The standing order's identity.
    public var id: String
    /// Its address.
    public var address: String
    /// Why, in words, at most 1,024 bytes.
    public var why: String

    /// The end of a standing order.
    public init(id: String, address: String, why: String) {
        self.id = id
        self.address = address
        self.why = why
    }
}

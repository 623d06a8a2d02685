/// A line of the stream: an order that the hub keeps for an address and also gives to instances
/// that connect or reconnect later.
///
/// Such orders are forced open, disabled and pinned limits, and exceptions of an address from such
/// an order.
public struct StandingOrder: Equatable, Sendable {
    /// The id of the command that created it.
    public var id: String
    /// Where it goes.
    public var address: Address
    /// The order. For an `open`, ``until`` has its end.
    public var order: Order
    /// When it ends, in Unix milliseconds; absent if it holds until an operator ends it.
    public var until: Int64?
    /// The operator who gave it.
    public var who: String?
    /// Why, in the operator's words, at most 1,024 bytes.
    public var reason: String?

    /// Creates a standing order.
    public init(
        id: String, address: Address, order: Order, until: Int64? = nil,
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

/// A line of the stream: a standing order has ended.
public struct StandingEnd: Equatable, Sendable {
    /// The standing order's identity.
    public var id: String
    /// Its address.
    public var address: Address
    /// Why, in words, at most 1,024 bytes.
    public var why: String

    /// Creates the end of a standing order.
    public init(id: String, address: Address, why: String) {
        self.id = id
        self.address = address
        self.why = why
    }
}

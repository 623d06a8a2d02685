/// An order with its address, as an operator sends it to the hub.
public struct OperatorCommand: Equatable, Sendable {
    /// The command's identity, 1 to 128 bytes, unique for each command.
    public var id: String
    /// Where the order goes.
    public var address: Address
    /// What the strategies are to do.
    public var order: Order
    /// The breaker version at which to act; at any other version the agent answers `conflict`.
    public var ifVersion: Int?
    /// The time after which the hub does not send the command any more, in Unix milliseconds of the
    /// hub's clock (`at`).
    public var expiresAt: Int64?
    /// Why, in the operator's words, at most 1,024 bytes.
    public var reason: String?
    /// Whether the hub keeps an order that holds even if the address matches no instance now, for
    /// agents that connect later. Otherwise it answers `no_agent`, because the address may be
    /// mistyped.
    public var holdsLater: Bool

    /// Creates an operator's order.
    public init(
        id: String, address: Address, order: Order, ifVersion: Int? = nil,
        expiresAt: Int64? = nil, reason: String? = nil, holdsLater: Bool = false
    ) {
        self.id = id
        self.address = address
        self.order = order
        self.ifVersion = ifVersion
        self.expiresAt = expiresAt
        self.reason = reason
        self.holdsLater = holdsLater
    }
}

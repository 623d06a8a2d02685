/// A command as the hub took it, with its author.
public struct StreamCommand: Equatable, Sendable {
    /// The command's identity, 1 to 128 bytes.
    public var id: String
    /// Where the order goes.
    public var address: Address
    /// What the strategies are to do.
    public var order: Order
    /// The breaker version at which the agents are to act; absent: at any.
    public var ifVersion: Int?
    /// Why, in the operator's words, at most 1,024 bytes.
    public var reason: String?
    /// The operator's name.
    public var who: String?
    /// The standing order that the hub gives again with this command.
    public var standing: String?
    /// Whether the audit log contains the command.
    public var isAudited: Bool

    /// Creates a command of the stream.
    public init(
        id: String, address: Address, order: Order, ifVersion: Int? = nil, reason: String? = nil,
        who: String? = nil, standing: String? = nil, isAudited: Bool = true
    ) {
        self.id = id
        self.address = address
        self.order = order
        self.ifVersion = ifVersion
        self.reason = reason
        self.who = who
        self.standing = standing
        self.isAudited = isAudited
    }

    /// A command as an operator sent it, before the hub has added its author.
    public init(_ sent: OperatorCommand) {
        self.init(
            id: sent.id, address: sent.address, order: sent.order, ifVersion: sent.ifVersion,
            reason: sent.reason)
    }
}

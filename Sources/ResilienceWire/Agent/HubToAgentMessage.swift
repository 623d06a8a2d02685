/// What the hub sends to an agent. <doc:Protocol> has the fields of each message.
public enum HubToAgentMessage: Equatable, Sendable {
    /// `beatMS`: the longest time in which the hub sends a line or answers a `ping`; absent if the
    /// hub may be silent. `orders`: the revision of the hub's orders file; absent without a file.
    case welcome(version: Int, beatMS: Int? = nil, orders: String? = nil)
    case pong
    case command(AgentCommand)
    /// The orders file has a new revision: the agent reads it again. Also the file's first line.
    case orders(revision: String)
    /// A line of the orders file; see ``AgentOrder``.
    case order(AgentOrder)
    case error(Refusal)
    /// A type that no hub of this version sends. The agent ignores it.
    case unknown(type: String)
}

extension HubToAgentMessage: TypedMessage {
    init(
        _ type: LineType, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) {
        switch type.key {
        case "welcome":
            self = try Self.welcome(&scanner, &head)
        case "pong":
            try scanner.readBareLine(&head)
            self = .pong
        case "command": self = .command(try AgentCommand(&scanner, &head))
        case "orders": self = .orders(revision: try scanner.readName("revision", &head))
        case "order": self = .order(try AgentOrder(&scanner, &head))
        case "error": self = .error(try Refusal(&scanner, &head))
        default: self = .unknown(type: try scanner.readUnknownLine(type, &head))
        }
    }

    /// The line's `t`.
    public var type: String {
        switch self {
        case .welcome: "welcome"
        case .pong: "pong"
        case .command: "command"
        case .orders: "orders"
        case .order: "order"
        case .error: "error"
        case .unknown(let type): type
        }
    }

    private static func welcome(
        _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> Self {
        var version: Int?
        var beatMS: Int?
        var orders: String?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "v": version = try scanner.count()
            case "beat_ms": beatMS = try scanner.beatMS()
            case "orders": orders = try scanner.name()
            default: try head.read(key, from: &scanner)
            }
        }
        return .welcome(version: try required(version, "v"), beatMS: beatMS, orders: orders)
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .welcome(let version, let beatMS, let orders):
            writer.field("v", version)
            writer.field("beat_ms", beatMS)
            writer.field("orders", orders)
        case .orders(let revision): writer.field("revision", revision)
        case .order(let order): order.write(to: &writer)
        case .command(let command): command.write(to: &writer)
        case .error(let refusal): refusal.write(to: &writer)
        case .pong, .unknown: break
        }
    }
}

extension HubToAgentMessage: WireMessage {
    /// Reads one line, with or without its newline.
    public init(decoding bytes: Span<UInt8>, texts: LineTexts) throws(WireError) {
        self = try Self.read(bytes, texts)
    }

    /// Appends the message as JSON and a newline.
    public func encode(into buffer: inout [UInt8]) { encode(into: &buffer) { _ in } }
}

/// What the hub sends to an agent. <doc:Protocol> has the fields of each message.
public enum HubToAgentMessage: Equatable, Sendable {
    /// `beatMS`: the longest time in which the hub sends a line or answers a `ping`; absent if the
    /// hub may be silent.
    case welcome(version: Int, beatMS: Int? = nil)
    case pong
    case command(AgentCommand)
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
            let (version, beatMS) = try scanner.readCountAndBeat("v", &head)
            self = .welcome(version: version, beatMS: beatMS)
        case "pong":
            try scanner.readBareLine(&head)
            self = .pong
        case "command": self = .command(try AgentCommand(&scanner, &head))
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
        case .error: "error"
        case .unknown(let type): type
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .welcome(let version, let beatMS):
            writer.field("v", version)
            writer.field("beat_ms", beatMS)
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

/// What an agent sends to the hub. <doc:Protocol> has the fields of each message.
///
/// Large and rare messages are stored indirectly: messages are passed by value, and most of them
/// are deltas and calls.
public enum AgentMessage: Equatable, Sendable {
    indirect case hello(Hello)
    indirect case strategy(StrategyDeclaration)
    indirect case delta(Delta)
    case call(CallReport)
    indirect case breaker(BreakerChange)
    indirect case limit(LimitChange)
    case ack(Ack)
    case lost(Int)
    indirect case unsupported(UnsupportedLibrary)
    case ping
    case bye
    /// A type that no agent of this version sends. The hub ignores it.
    case unknown(type: String)
}

extension AgentMessage: TypedMessage {
    init(
        _ type: LineType, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) {
        switch type.key {
        case "call": self = .call(try CallReport(&scanner, &head))
        case "delta": self = .delta(try Delta(&scanner, &head, sequences: 1...))
        case "breaker": self = .breaker(try BreakerChange(&scanner, &head))
        case "limit": self = .limit(try LimitChange(&scanner, &head))
        case "ack": self = .ack(try Ack(&scanner, &head))
        case "lost": self = .lost(try scanner.readCount("n", &head))
        case "unsupported": self = .unsupported(try UnsupportedLibrary(&scanner, &head))
        case "ping":
            try scanner.readBareLine(&head)
            self = .ping
        case "bye":
            try scanner.readBareLine(&head)
            self = .bye
        case "hello": self = .hello(try Hello(&scanner, &head))
        case "strategy": self = .strategy(try StrategyDeclaration(&scanner, &head))
        default: self = .unknown(type: try scanner.readUnknownLine(type, &head))
        }
    }

    /// The line's `t`.
    public var type: String {
        switch self {
        case .hello: "hello"
        case .strategy: "strategy"
        case .delta: "delta"
        case .call: "call"
        case .breaker: "breaker"
        case .limit: "limit"
        case .ack: "ack"
        case .lost: "lost"
        case .unsupported: "unsupported"
        case .ping: "ping"
        case .bye: "bye"
        case .unknown(let type): type
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .hello(let hello): hello.write(to: &writer)
        case .strategy(let strategy): strategy.write(to: &writer)
        case .delta(let delta): delta.write(to: &writer)
        case .call(let call): call.write(to: &writer)
        case .breaker(let change): change.write(to: &writer)
        case .limit(let change): change.write(to: &writer)
        case .ack(let ack): ack.write(to: &writer)
        case .lost(let count): writer.field("n", count)
        case .unsupported(let library): library.write(to: &writer)
        case .ping, .bye, .unknown: break
        }
    }
}

extension AgentMessage: WireMessage {
    /// Reads one line, with or without its newline.
    public init(decoding bytes: Span<UInt8>, texts: LineTexts) throws(WireError) {
        self = try Self.read(bytes, texts)
    }

    /// Appends the message as JSON and a newline.
    public func encode(into buffer: inout [UInt8]) { encode(into: &buffer) { _ in } }
}

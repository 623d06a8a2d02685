/// What a viewer or an operator sends to the hub. Only operators may send commands. <doc:Protocol>
/// has the fields of each message.
public enum OperatorMessage: Equatable, Sendable {
    /// Asks for the stream.
    ///
    /// `historyMS`: how far back the slots of the keyframe go, in milliseconds; absent: all slots.
    /// `hasHistory`: whether the slots come after the keyframe, in `history` lines.
    case watch(
        version: Int, detail: MetricsDetail = .full, historyMS: Int64? = nil,
        hasHistory: Bool = false)
    indirect case command(OperatorCommand)
    /// A type that no viewer or operator of this version sends. The hub ignores it.
    case unknown(type: String)
}

extension OperatorMessage: TypedMessage {
    init(
        _ type: LineType, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) {
        switch type.key {
        case "watch": self = try Self.watch(&scanner, &head)
        case "command": self = .command(try OperatorCommand(&scanner, &head))
        default: self = .unknown(type: try scanner.readUnknownLine(type, &head))
        }
    }

    private static func watch(
        _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> OperatorMessage {
        var version: Int?
        var hasFigures = true
        var isBySecond = false
        var historyMS: Int64?
        var hasHistory = false
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "v": version = try scanner.count()
            case "figures": hasFigures = try scanner.bool()
            case "by_second": isBySecond = try scanner.bool()
            case "history_ms": historyMS = try scanner.duration()
            case "history": hasHistory = try scanner.bool()
            default: try head.read(key, from: &scanner)
            }
        }
        let detail: MetricsDetail = isBySecond ? .perSecond : .full
        return .watch(
            version: try required(version, "v"), detail: hasFigures ? detail : .off,
            historyMS: historyMS, hasHistory: hasHistory)
    }

    /// The line's `t`.
    public var type: String {
        switch self {
        case .watch: "watch"
        case .command: "command"
        case .unknown(let type): type
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .watch(let version, let detail, let historyMS, let hasHistory):
            writer.field("v", version)
            switch detail {
            case .full: break
            case .perSecond: writer.field("by_second", true)
            case .off: writer.field("figures", false)
            }
            writer.field("history_ms", historyMS)
            if hasHistory { writer.field("history", true) }
        case .command(let command): command.write(to: &writer)
        case .unknown: break
        }
    }
}

extension OperatorMessage: WireMessage {
    /// Reads one line, with or without its newline.
    public init(decoding bytes: Span<UInt8>, texts: LineTexts) throws(WireError) {
        self = try Self.read(bytes, texts)
    }

    /// Appends the message as JSON and a newline.
    public func encode(into buffer: inout [UInt8]) { encode(into: &buffer) { _ in } }
}

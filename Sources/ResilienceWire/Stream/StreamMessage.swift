/// What the hub sends to viewers and operators, and what a recording holds. A ``Line`` adds the
/// time and the instance. <doc:Protocol> has the fields of each message.
///
/// Large and rare messages are stored indirectly, so that a line takes 99 bytes instead of 288.
/// Lines are passed by value, and most of them are calls.
public enum StreamMessage: Equatable, Sendable {
    case recording(RecordingHeader)
    /// `beatMS`: the interval of `beat` lines on this connection, in milliseconds; absent in
    /// recordings.
    /// `hasHistory`: whether ``history(_:)`` lines and ``historyEnd`` follow the end of the
    /// keyframe, in which there are no ``slot(_:)`` lines.
    case keyframe(lines: Int, beatMS: Int? = nil, hasHistory: Bool = false)
    case keyframeEnd
    indirect case history(History)
    case historyEnd
    /// Shows that the hub is alive. Sent on view and operator sockets only, never recorded.
    case beat
    case error(Refusal)
    indirect case agentUp(AgentUp)
    case agentStale
    case agentGone(why: String)
    // As the agent sent them.
    indirect case strategy(StrategyDeclaration)
    indirect case delta(Delta)
    case call(CallReport)
    indirect case breaker(BreakerChange)
    indirect case limit(LimitChange)
    case lost(Int)
    // The state of a strategy in a keyframe.
    indirect case total(Delta)
    indirect case slot(Delta)
    case clock(jumpMS: Int64)
    indirect case command(StreamCommand)
    indirect case commandStatus(CommandStatus)
    case commandDone(CommandDone)
    indirect case alert(Alert)
    indirect case standing(StandingOrder)
    indirect case standingEnd(StandingEnd)
    /// A type that this version does not know. Readers ignore it.
    case unknown(type: String)
}

extension StreamMessage {
    /// Whether this is a `delta` or `call` line. These are most of a stream, and a viewer may turn
    /// them off.
    package var isFigures: Bool {
        if case .delta = self { return true }
        if case .call = self { return true }
        return false
    }
}

extension StreamMessage: TypedMessage {
    init(
        _ type: LineType, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) {
        switch type.key {
        case "call": self = .call(try CallReport(&scanner, &head))
        case "delta": self = .delta(try Delta(&scanner, &head, sequences: 1...))
        case "total": self = .total(try Delta(&scanner, &head, sequences: 0...))
        case "slot": self = .slot(try Delta(&scanner, &head, sequences: 0...))
        case "breaker": self = .breaker(try BreakerChange(&scanner, &head))
        case "limit": self = .limit(try LimitChange(&scanner, &head))
        case "strategy": self = .strategy(try StrategyDeclaration(&scanner, &head))
        case "lost": self = .lost(try scanner.readCount("n", &head))
        case "agent_up": self = .agentUp(try AgentUp(&scanner, &head))
        case "agent_stale": self = try Self.bare(.agentStale, &scanner, &head)
        case "agent_gone": self = .agentGone(why: try Self.why(&scanner, &head))
        case "command": self = .command(try StreamCommand(&scanner, &head))
        case "command_status": self = .commandStatus(try CommandStatus(&scanner, &head))
        case "command_done": self = .commandDone(try CommandDone(&scanner, &head))
        case "standing": self = .standing(try StandingOrder(&scanner, &head))
        case "standing_end": self = .standingEnd(try StandingEnd(&scanner, &head))
        case "alert": self = .alert(try Alert(&scanner, &head))
        case "clock": self = .clock(jumpMS: try Self.jump(&scanner, &head))
        case "keyframe": self = try Self.keyframe(&scanner, &head)
        case "keyframe_end": self = try Self.bare(.keyframeEnd, &scanner, &head)
        case "history": self = .history(try History(&scanner, &head))
        case "history_end": self = try Self.bare(.historyEnd, &scanner, &head)
        case "beat": self = try Self.bare(.beat, &scanner, &head)
        case "recording": self = .recording(try RecordingHeader(&scanner, &head))
        case "error": self = .error(try Refusal(&scanner, &head))
        default: self = .unknown(type: try scanner.readUnknownLine(type, &head))
        }
    }

    private static func bare(
        _ message: StreamMessage, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> StreamMessage {
        try scanner.readBareLine(&head)
        return message
    }

    private static func keyframe(
        _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> StreamMessage {
        var lines: Int?
        var beatMS: Int?
        var hasHistory = false
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "lines": lines = try scanner.count()
            case "beat_ms": beatMS = try scanner.beatMS()
            case "history": hasHistory = try scanner.bool()
            default: try head.read(key, from: &scanner)
            }
        }
        return .keyframe(
            lines: try required(lines, "lines"), beatMS: beatMS, hasHistory: hasHistory)
    }

    private static func why(
        _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> String {
        var why = ""
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "why": why = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        return why
    }

    private static func jump(
        _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> Int64 {
        var jump: Int64?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "jump_ms": jump = try scanner.integer(-WireLimits.count...WireLimits.count)
            default: try head.read(key, from: &scanner)
            }
        }
        return try required(jump, "jump_ms")
    }

    /// The line's `t`.
    public var type: String {
        switch self {
        case .recording: "recording"
        case .keyframe: "keyframe"
        case .keyframeEnd: "keyframe_end"
        case .history: "history"
        case .historyEnd: "history_end"
        case .beat: "beat"
        case .error: "error"
        case .agentUp: "agent_up"
        case .agentStale: "agent_stale"
        case .agentGone: "agent_gone"
        case .strategy: "strategy"
        case .delta: "delta"
        case .call: "call"
        case .breaker: "breaker"
        case .limit: "limit"
        case .lost: "lost"
        case .total: "total"
        case .slot: "slot"
        case .clock: "clock"
        case .command: "command"
        case .commandStatus: "command_status"
        case .commandDone: "command_done"
        case .alert: "alert"
        case .standing: "standing"
        case .standingEnd: "standing_end"
        case .unknown(let type): type
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .strategy(let strategy): strategy.write(to: &writer)
        case .delta(let delta), .total(let delta), .slot(let delta): delta.write(to: &writer)
        case .call(let call): call.write(to: &writer)
        case .breaker(let change): change.write(to: &writer)
        case .limit(let change): change.write(to: &writer)
        case .lost(let count): writer.field("n", count)
        case .error(let refusal): refusal.write(to: &writer)
        case .command(let command): command.write(to: &writer)
        case .recording(let header): header.write(to: &writer)
        case .keyframe(let lines, let beatMS, let hasHistory):
            writer.field("lines", lines)
            writer.field("beat_ms", beatMS)
            if hasHistory { writer.field("history", true) }
        case .history(let history): history.write(to: &writer)
        case .agentUp(let up): up.write(to: &writer)
        case .agentGone(let why): writer.nonEmpty("why", why)
        case .clock(let jump): writer.field("jump_ms", jump)
        case .commandStatus(let status): status.write(to: &writer)
        case .commandDone(let done): done.write(to: &writer)
        case .alert(let alert): alert.write(to: &writer)
        case .standing(let order): order.write(to: &writer)
        case .standingEnd(let end): end.write(to: &writer)
        case .beat, .keyframeEnd, .historyEnd, .agentStale, .unknown: break
        }
    }
}

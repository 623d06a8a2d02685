extension Message {
    /// Reads the fields of a line of the given type. The fields that every line may have go into
    /// `head`.
    init(
        _ type: LineType, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) {
        switch type.key {
        case "call": self = .call(try CallReport(&scanner, &head))
        case "delta": self = .delta(try Delta(&scanner, &head, sequences: 1...))
        case "breaker": self = .breaker(try BreakerChange(&scanner, &head))
        case "limit": self = .limit(try LimitChange(&scanner, &head))
        case "ack": self = .ack(try Ack(&scanner, &head))
        case "lost": self = .lost(try Self.count("n", &scanner, &head))
        case "ping": self = try Self.bare(.ping, &scanner, &head)
        case "bye": self = try Self.bare(.bye, &scanner, &head)
        case "hello": self = .hello(try Hello(&scanner, &head))
        case "strategy": self = .strategy(try StrategyDeclaration(&scanner, &head))
        case "welcome": self = try Self.welcome(&scanner, &head)
        case "pong": self = try Self.bare(.pong, &scanner, &head)
        case "error": self = .error(try Refusal(&scanner, &head))
        case "command": self = .command(try Command(&scanner, &head))
        case "watch": self = try Self.watch(&scanner, &head)
        case "recording": self = .recording(try RecordingHeader(&scanner, &head))
        case "keyframe": self = try Self.keyframe(&scanner, &head)
        case "beat": self = try Self.bare(.beat, &scanner, &head)
        case "keyframe_end": self = try Self.bare(.keyframeEnd, &scanner, &head)
        case "agent_up": self = .agentUp(try AgentUp(&scanner, &head))
        case "agent_stale": self = try Self.bare(.agentStale, &scanner, &head)
        case "agent_gone": self = .agentGone(why: try Self.why(&scanner, &head))
        case "total": self = .total(try Delta(&scanner, &head, sequences: 0...))
        case "slot": self = .slot(try Delta(&scanner, &head, sequences: 0...))
        case "clock": self = .clock(jumpMS: try Self.jump(&scanner, &head))
        case "command_status": self = .commandStatus(try CommandStatus(&scanner, &head))
        case "command_done": self = .commandDone(try CommandDone(&scanner, &head))
        case "alert": self = .alert(try Alert(&scanner, &head))
        case "standing": self = .standing(try StandingOrder(&scanner, &head))
        case "standing_end": self = .standingEnd(try StandingEnd(&scanner, &head))
        default: self = try Self.unknown(type, &scanner, &head)
        }
    }

    /// Reads a line without fields of its own.
    private static func bare(
        _ message: Message, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> Message {
        try scanner.readFields { (scanner, key) throws(WireError) in
            try head.read(key, from: &scanner)
        }
        return message
    }

    private static func unknown(
        _ type: LineType, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> Message {
        let name = scanner.text(type.text)
        guard 1...WireLimits.nameBytes ~= name.utf8.count else {
            throw scanner.unfit(
                "a string of 1 to \(WireLimits.nameBytes) bytes",
                found: "\(name.utf8.count) bytes", at: type.text.start - 1
            ).inside("t")
        }
        let safe = scanner.shown(name, type.text, maxBytes: WireLimits.nameBytes)
        return try bare(.unknown(type: safe), &scanner, &head)
    }

    /// Reads a line that has one count.
    private static func count(
        _ field: StaticString, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> Int {
        try countAndBeat(field, &scanner, &head).count
    }

    private static func welcome(
        _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> Message {
        let (version, beatMS) = try countAndBeat("v", &scanner, &head)
        return .welcome(version: version, beatMS: beatMS)
    }

    private static func keyframe(
        _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> Message {
        let (lines, beatMS) = try countAndBeat("lines", &scanner, &head)
        return .keyframe(lines: lines, beatMS: beatMS)
    }

    /// Reads a line that has one count and may have the interval of the hub's beats.
    private static func countAndBeat(
        _ field: StaticString, _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> (count: Int, beatMS: Int?) {
        let name = JSONKey(stringLiteral: field)
        var count: Int?
        var beatMS: Int?
        try scanner.readFields { (scanner, key) throws(WireError) in
            if key == name {
                count = try scanner.count()
            } else if key == "beat_ms" {
                beatMS = try scanner.count(1...3_600_000)
            } else {
                try head.read(key, from: &scanner)
            }
        }
        return (try required(count, field), beatMS)
    }

    private static func watch(
        _ scanner: inout JSONScanner, _ head: inout LineHead
    ) throws(WireError) -> Message {
        var version: Int?
        var hasFigures = true
        var isBySecond = false
        var historyMS: Int64?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "v": version = try scanner.count()
            case "figures": hasFigures = try scanner.bool()
            case "by_second": isBySecond = try scanner.bool()
            case "history_ms": historyMS = try scanner.duration()
            default: try head.read(key, from: &scanner)
            }
        }
        let figures: MetricsDetail = isBySecond ? .perSecond : .full
        return .watch(
            version: try required(version, "v"), figures: hasFigures ? figures : .off,
            historyMS: historyMS)
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
}

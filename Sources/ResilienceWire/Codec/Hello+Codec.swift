extension Hello {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var version: Int?
        var connection = ConnectionFields()
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "v": version = try scanner.count()
            default:
                if try !connection.read(key, from: &scanner) {
                    try head.read(key, from: &scanner)
                }
            }
        }
        self.init(
            version: try required(version, "v"), id: try head.takeRequiredSource(),
            pid: try required(connection.pid, "pid"), client: connection.client,
            intervalMS: connection.intervalMS)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("v", version)
        writer.write(id)
        writer.field("pid", pid)
        writer.field("client", client)
        writer.field("interval_ms", intervalMS)
    }
}

extension AgentUp {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var connection = ConnectionFields()
        var state = AgentState.up
        var lost = 0
        var why = ""
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "state": state = try scanner.choice(AgentState.self)
            case "lost": lost = try scanner.count()
            case "why": why = try scanner.freeText()
            default:
                if try !connection.read(key, from: &scanner) {
                    try head.read(key, from: &scanner)
                }
            }
        }
        self.init(
            pid: try required(connection.pid, "pid"), client: connection.client,
            intervalMS: connection.intervalMS, state: state, lost: lost, why: why)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("pid", pid)
        writer.field("client", client)
        writer.field("interval_ms", intervalMS)
        if state != .up { writer.field("state", state) }
        writer.nonZero("lost", lost)
        writer.nonEmpty("why", why)
    }
}

/// The fields that `hello` and `agent_up` have in common.
private struct ConnectionFields {
    var pid: Int?
    var client = ""
    var intervalMS = 500

    /// Reads one of these fields. Returns `false`, with the scanner still at the value, if the key
    /// is not one of them.
    mutating func read(
        _ key: JSONKey, from scanner: inout JSONScanner
    ) throws(WireError) -> Bool {
        switch key {
        case "pid": pid = try scanner.count(0...Int(Int32.max))
        case "client": client = try scanner.label()
        case "interval_ms": intervalMS = try scanner.count(1...3_600_000)
        default: return false
        }
        return true
    }
}

extension AgentOrder {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var agents: String?
        var except: [String] = []
        var strategy: String?
        var fields = OrderFields()
        var until: Int64?
        var reason: String?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "agents": agents = try scanner.name()
            case "except":
                except = []
                try scanner.readArray { (scanner) throws(WireError) in
                    except.append(try scanner.name())
                }
            case "s": strategy = try scanner.name()
            case "do", "name", "value", "auto": try fields.read(key, from: &scanner)
            case "until": until = try scanner.duration()
            case "reason": reason = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            id: try required(id, "id"), agents: try required(agents, "agents"), except: except,
            strategy: try required(strategy, "s"), order: try fields.order(), until: until,
            reason: reason)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("agents", agents)
        if !except.isEmpty {
            writer.array("except", except) { $0.value($1, max: WireLimits.nameBytes) }
        }
        writer.field("s", strategy)
        order.write(to: &writer)
        writer.field("until", until)
        writer.field("reason", reason, max: WireLimits.textBytes)
    }
}

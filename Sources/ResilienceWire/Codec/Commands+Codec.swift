extension AgentCommand {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var strategy: String?
        var order = OrderFields()
        var ifVersion: Int?
        var expiresMonoMS: Int64?
        var reason: String?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "s": strategy = try scanner.name()
            case "do", "name", "value", "auto", "for_ms": try order.read(key, from: &scanner)
            case "if_version": ifVersion = try scanner.count()
            case "expires_mono_ms": expiresMonoMS = try scanner.duration()
            case "reason": reason = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            id: try required(id, "id"), strategy: try required(strategy, "s"),
            order: try order.order(), ifVersion: ifVersion, expiresMonoMS: expiresMonoMS,
            reason: reason)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("s", strategy)
        order.write(to: &writer)
        writer.field("if_version", ifVersion)
        writer.field("expires_mono_ms", expiresMonoMS)
        writer.field("reason", reason, max: WireLimits.textBytes)
    }
}

extension OperatorCommand {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var address: Address?
        var order = OrderFields()
        var ifVersion: Int?
        var expiresAt: Int64?
        var reason: String?
        var holdsLater = false
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "to": address = try scanner.address()
            case "do", "name", "value", "auto", "for_ms": try order.read(key, from: &scanner)
            case "if_version": ifVersion = try scanner.count()
            case "expires_at": expiresAt = try scanner.integer(0...WireLimits.count)
            case "reason": reason = try scanner.freeText()
            case "hold": holdsLater = try scanner.bool()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            id: try required(id, "id"), address: try required(address, "to"),
            order: try order.order(), ifVersion: ifVersion, expiresAt: expiresAt, reason: reason,
            holdsLater: holdsLater)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("to", address)
        order.write(to: &writer)
        writer.field("if_version", ifVersion)
        writer.field("expires_at", expiresAt)
        writer.field("reason", reason, max: WireLimits.textBytes)
        if holdsLater { writer.field("hold", true) }
    }
}

extension StreamCommand {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var address: Address?
        var order = OrderFields()
        var command = StreamCommand(id: "", address: .nowhere, order: .reset)
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "to": address = try scanner.address()
            case "do", "name", "value", "auto", "for_ms": try order.read(key, from: &scanner)
            case "if_version": command.ifVersion = try scanner.count()
            case "reason": command.reason = try scanner.freeText()
            case "who": command.who = try scanner.freeText()
            case "standing": command.standing = try scanner.name()
            case "audited": command.isAudited = try scanner.bool()
            default: try head.read(key, from: &scanner)
            }
        }
        command.id = try required(id, "id")
        command.address = try required(address, "to")
        command.order = try order.order()
        self = command
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("to", address)
        order.write(to: &writer)
        writer.field("if_version", ifVersion)
        writer.field("reason", reason, max: WireLimits.textBytes)
        writer.field("who", who, max: WireLimits.textBytes)
        writer.field("standing", standing)
        if !isAudited { writer.field("audited", false) }
    }
}

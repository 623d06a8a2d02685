extension Command {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var target: Target?
        var order = OrderFields()
        var command = Command(id: "", target: .strategy(""), order: .reset)
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "s": target = .strategy(try scanner.name())
            case "to": target = .address(try scanner.string(1...WireLimits.addressBytes))
            case "do", "name", "value", "auto", "for_ms": try order.read(key, from: &scanner)
            case "if_version": command.ifVersion = try scanner.count()
            case "expires_mono_ms": command.expiresMonoMS = try scanner.duration()
            case "expires_at": command.expiresAt = try scanner.integer(0...WireLimits.count)
            case "reason": command.reason = try scanner.freeText()
            case "who": command.who = try scanner.freeText()
            case "standing": command.standing = try scanner.name()
            case "audited": command.isAudited = try scanner.bool()
            default: try head.read(key, from: &scanner)
            }
        }
        command.id = try required(id, "id")
        command.target = try required(target, "s\" or \"to")
        command.order = try order.order()
        self = command
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        switch target {
        case .strategy(let strategy): writer.field("s", strategy)
        case .address(let address): writer.field("to", address, max: WireLimits.addressBytes)
        }
        order.write(to: &writer)
        writer.field("if_version", ifVersion)
        writer.field("expires_mono_ms", expiresMonoMS)
        writer.field("expires_at", expiresAt)
        writer.field("reason", reason, max: WireLimits.textBytes)
        writer.field("who", who, max: WireLimits.textBytes)
        writer.field("standing", standing)
        if !isAudited { writer.field("audited", false) }
    }
}

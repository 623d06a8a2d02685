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
            case "do": order.action = try scanner.choice(Action.self)
            case "name": order.name = try scanner.name()
            case "value": order.value = try scanner.double()
            case "auto": order.isAuto = try scanner.bool()
            case "for_ms": order.forMS = try scanner.duration()
            case "if_version": command.ifVersion = try scanner.count()
            case "expires_mono_ms": command.expiresMonoMS = try scanner.duration()
            case "reason": command.reason = try scanner.freeText()
            case "who": command.who = try scanner.freeText()
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
        writer.field("do", order.action)
        switch order {
        case .open(let forMS), .tap(let forMS):
            writer.field("for_ms", forMS)
        case .setLimit(let name, let value):
            writer.field("name", name)
            writer.field("value", value)
            if value == nil { writer.field("auto", true) }
        case .reset, .halfOpen, .disable, .enable:
            break
        }
        writer.field("if_version", ifVersion)
        writer.field("expires_mono_ms", expiresMonoMS)
        writer.field("reason", reason, max: WireLimits.textBytes)
        writer.field("who", who, max: WireLimits.textBytes)
    }
}

/// What belongs to an order, in whatever order it comes.
private struct OrderFields {
    var action: Action?
    var name: String?
    var value: Double?
    var isAuto = false
    var forMS: Int64?

    func order() throws(WireError) -> Command.Order {
        switch try required(action, "do") {
        case .open: return .open(forMS: forMS)
        case .reset: return .reset
        case .halfOpen: return .halfOpen
        case .disable: return .disable
        case .enable: return .enable
        case .setLimit:
            let name = try required(name, "name")
            return .setLimit(name: name, value: isAuto ? nil : try required(value, "value"))
        case .tap: return .tap(forMS: forMS)
        }
    }
}

extension StandingOrder {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var address: Address?
        var fields = OrderFields()
        var standing = StandingOrder(id: "", address: .nowhere, order: .reset)
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "to": address = try scanner.address()
            case "do", "name", "value", "auto": try fields.read(key, from: &scanner)
            case "until": standing.until = try scanner.duration()
            case "who": standing.who = try scanner.freeText()
            case "reason": standing.reason = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        standing.id = try required(id, "id")
        standing.address = try required(address, "to")
        standing.order = try fields.order()
        self = standing
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("to", address)
        order.write(to: &writer)
        writer.field("until", until)
        writer.field("who", who, max: WireLimits.textBytes)
        writer.field("reason", reason, max: WireLimits.textBytes)
    }
}

extension StandingEnd {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var address: Address?
        var why = ""
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.name()
            case "to": address = try scanner.address()
            case "why": why = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(id: try required(id, "id"), address: try required(address, "to"), why: why)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("to", address)
        writer.nonEmpty("why", why)
    }
}

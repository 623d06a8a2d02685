extension Alert {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var id: String?
        var rule: String?
        var firing: Bool?
        var about: String?
        var detail = ""
        var until: Int64?
        var reason = ""
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "id": id = try scanner.freeText()
            case "rule": rule = try scanner.freeText()
            case "firing": firing = try scanner.bool()
            case "about": about = try scanner.freeText()
            case "detail": detail = try scanner.freeText()
            case "silenced_until": until = try scanner.integer(0...WireLimits.count)
            case "silence": reason = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            id: try required(id, "id"), rule: try required(rule, "rule"),
            firing: try required(firing, "firing"), about: try required(about, "about"),
            detail: detail, silence: until.map { Silence(until: $0, reason: reason) })
    }

    func write(to writer: inout JSONWriter) {
        writer.field("id", id, max: WireLimits.textBytes)
        writer.field("rule", rule, max: WireLimits.textBytes)
        writer.field("firing", firing)
        writer.field("about", about, max: WireLimits.textBytes)
        writer.nonEmpty("detail", detail)
        guard let silence else { return }
        writer.field("silenced_until", silence.until)
        writer.nonEmpty("silence", silence.reason)
    }
}

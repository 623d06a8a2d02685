extension BreakerChange {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var strategy: String?
        var version: Int?
        var from: BreakerState?
        var to: BreakerState?
        var by: Author?
        var why = ""
        var probeInMS: Int64?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "s": strategy = try scanner.name()
            case "version": version = try scanner.count()
            case "from": from = try scanner.choice(BreakerState.self)
            case "to": to = try scanner.choice(BreakerState.self)
            case "by": by = try scanner.choice(Author.self)
            case "why": why = try scanner.freeText()
            case "probe_in_ms": probeInMS = try scanner.duration()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            strategy: try required(strategy, "s"), version: try required(version, "version"),
            from: try required(from, "from"), to: try required(to, "to"),
            by: try required(by, "by"), why: why, probeInMS: probeInMS)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("s", strategy)
        writer.field("version", version)
        writer.field("from", from)
        writer.field("to", to)
        writer.field("by", by)
        writer.nonEmpty("why", why)
        writer.field("probe_in_ms", probeInMS)
    }
}

extension LimitChange {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var strategy: String?
        var name: String?
        var was: Double?
        var value: Double?
        var by: Author?
        var pinned = false
        var why = ""
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "s": strategy = try scanner.name()
            case "name": name = try scanner.name()
            case "was": was = try scanner.double()
            case "value": value = try scanner.double()
            case "by": by = try scanner.choice(Author.self)
            case "pinned": pinned = try scanner.bool()
            case "why": why = try scanner.freeText()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            strategy: try required(strategy, "s"), name: try required(name, "name"),
            was: try required(was, "was"), value: try required(value, "value"),
            by: try required(by, "by"), pinned: pinned, why: why)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("s", strategy)
        writer.field("name", name)
        writer.field("was", was)
        writer.field("value", value)
        writer.field("by", by)
        writer.field("pinned", pinned)
        writer.nonEmpty("why", why)
    }
}

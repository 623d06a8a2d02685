extension StrategyDeclaration {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var strategy: String?
        var kind: String?
        var target: String?
        var can: [Action] = []
        var breaker: BreakerReading?
        var limits: [LimitReading] = []
        var openings: OpeningsReading?
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "s": strategy = try scanner.name()
            case "kind": kind = try scanner.label()
            case "target": target = try scanner.name()
            case "can": can = try Self.actions(&scanner)
            case "breaker": breaker = try BreakerReading(&scanner)
            case "limits":
                limits = []
                try scanner.readArray { (scanner) throws(WireError) in
                    limits.append(try LimitReading(&scanner))
                }
            case "openings": openings = try OpeningsReading(&scanner)
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            strategy: try required(strategy, "s"), kind: try required(kind, "kind"),
            target: target, can: can, breaker: breaker, limits: limits, openings: openings)
    }

    /// Reads the actions. Unknown actions are left out, because a newer agent may have more.
    private static func actions(_ scanner: inout JSONScanner) throws(WireError) -> [Action] {
        var actions: [Action] = []
        try scanner.readArray { (scanner) throws(WireError) in
            if let action = Action(rawValue: try scanner.label()) { actions.append(action) }
        }
        return actions
    }

    func write(to writer: inout JSONWriter) {
        writer.field("s", strategy)
        writer.field("kind", kind)
        writer.field("target", target)
        if !can.isEmpty {
            writer.array("can", can) { $0.value($1.rawValue, max: WireLimits.nameBytes) }
        }
        if let breaker {
            writer.object("breaker") { breaker.write(to: &$0) }
        }
        if !limits.isEmpty {
            writer.array("limits", limits) { (writer, limit) in
                writer.beginObject()
                limit.write(to: &writer)
                writer.endObject()
            }
        }
        if let openings {
            writer.object("openings") { openings.write(to: &$0) }
        }
    }
}

extension BreakerReading {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var state: BreakerState?
        var version: Int?
        var reading = BreakerReading(state: .closed, version: 0)
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "state": state = try scanner.choice(BreakerState.self)
            case "version": version = try scanner.count()
            case "why": reading.why = try scanner.freeText()
            case "by": reading.by = try scanner.choice(Author.self)
            case "since_ms": reading.sinceMS = try scanner.duration()
            case "probe_in_ms": reading.probeInMS = try scanner.duration()
            case "trip": reading.trip = try scanner.freeText()
            case "open_ms": reading.openMS = try scanner.duration()
            case "half_open_calls": reading.halfOpenCalls = try scanner.count()
            default: try scanner.skipValue()
            }
        }
        reading.state = try required(state, "state")
        reading.version = try required(version, "version")
        self = reading
    }

    func write(to writer: inout JSONWriter) {
        writer.field("state", state)
        writer.field("version", version)
        writer.nonEmpty("why", why)
        writer.field("by", by)
        writer.field("since_ms", sinceMS)
        writer.field("probe_in_ms", probeInMS)
        writer.field("trip", trip, max: WireLimits.textBytes)
        writer.field("open_ms", openMS)
        writer.field("half_open_calls", halfOpenCalls)
    }
}

extension LimitReading {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var name: String?
        var value: Double?
        var reading = LimitReading(name: "", value: 0)
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "name": name = try scanner.name()
            case "value": value = try scanner.double()
            case "min": reading.min = try scanner.double()
            case "max": reading.max = try scanner.double()
            case "unit": reading.unit = try scanner.label()
            case "by": reading.by = try scanner.choice(Author.self)
            case "pinned": reading.pinned = try scanner.bool()
            case "why": reading.why = try scanner.freeText()
            default: try scanner.skipValue()
            }
        }
        reading.name = try required(name, "name")
        reading.value = try required(value, "value")
        self = reading
    }

    func write(to writer: inout JSONWriter) {
        writer.field("name", name)
        writer.field("value", value)
        writer.field("min", min)
        writer.field("max", max)
        writer.field("unit", unit)
        writer.field("by", by)
        writer.field("pinned", pinned)
        writer.nonEmpty("why", why)
    }
}

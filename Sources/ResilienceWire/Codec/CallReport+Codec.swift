extension CallReport {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var strategy: String?
        var end: End?
        var attempts: Int?
        var microseconds: Int64?
        var errors: [String] = []
        var from: Origin?
        var tap = false
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "s": strategy = try scanner.name()
            case "end": end = try Self.end(&scanner)
            case "attempts": attempts = try scanner.count(0...WireLimits.retries)
            case "us": microseconds = try scanner.duration()
            case "errors":
                errors = []
                try scanner.readArray { (scanner) throws(WireError) in
                    errors.append(try scanner.name())
                }
            case "from": from = try scanner.choice(Origin.self)
            case "tap": tap = try scanner.bool()
            default: try head.read(key, from: &scanner)
            }
        }
        self.init(
            strategy: try required(strategy, "s"), end: try required(end, "end"),
            attempts: try required(attempts, "attempts"),
            microseconds: try required(microseconds, "us"), errors: errors, from: from, tap: tap)
    }

    /// Reads the end of a call as a packed word, which is fast: every call has this field.
    private static func end(_ scanner: inout JSONScanner) throws(WireError) -> End {
        let start = scanner.position
        switch try scanner.word() {
        case "ok": return .ok
        case "failed": return .failed
        case "rejected": return .rejected
        case "cancelled": return .cancelled
        default:
            scanner.position = start
            return try scanner.choice(End.self)
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.field("s", strategy)
        writer.field("end", end)
        writer.field("attempts", attempts)
        writer.field("us", microseconds)
        if !errors.isEmpty {
            writer.array("errors", errors) { $0.value($1, max: WireLimits.nameBytes) }
        }
        if let from { writer.field("from", from) }
        if tap { writer.field("tap", true) }
    }
}

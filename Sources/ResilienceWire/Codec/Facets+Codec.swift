extension CounterFacets {
    func write(to writer: inout JSONWriter) {
        if let bulkhead { writer.object("bulkhead") { bulkhead.write(to: &$0) } }
        if let hedge { writer.object("hedge") { hedge.write(to: &$0) } }
        if let fallback { writer.object("fallback") { fallback.write(to: &$0) } }
        if let budget { writer.object("budget") { budget.write(to: &$0) } }
        if let idempotency { writer.object("idempotency") { idempotency.write(to: &$0) } }
        if let batch { writer.object("batch") { batch.write(to: &$0) } }
    }
}

extension BulkheadCounters {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var counters = BulkheadCounters(active: 0, queued: 0, rejected: 0)
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "active": counters.active = try scanner.count()
            case "queued": counters.queued = try scanner.count()
            case "rejected": counters.rejected = try scanner.count()
            default: try scanner.skipValue()
            }
        }
        self = counters
    }

    func write(to writer: inout JSONWriter) {
        writer.field("active", active)
        writer.field("queued", queued)
        writer.field("rejected", rejected)
    }
}

extension HedgeCounters {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var counters = HedgeCounters(launched: 0, won: 0)
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "launched": counters.launched = try scanner.count()
            case "won": counters.won = try scanner.count()
            default: try scanner.skipValue()
            }
        }
        self = counters
    }

    func write(to writer: inout JSONWriter) {
        writer.field("launched", launched)
        writer.field("won", won)
    }
}

extension FallbackCounters {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var counters = FallbackCounters(used: 0, cached: 0)
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "used": counters.used = try scanner.count()
            case "cached": counters.cached = try scanner.count()
            case "oldest_age_ms": counters.oldestAgeMS = try scanner.duration()
            default: try scanner.skipValue()
            }
        }
        self = counters
    }

    func write(to writer: inout JSONWriter) {
        writer.field("used", used)
        writer.field("cached", cached)
        writer.field("oldest_age_ms", oldestAgeMS)
    }
}

extension BudgetCounters {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var remaining: Double?
        var denied = 0
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "remaining": remaining = try scanner.double(0...1)
            case "denied": denied = try scanner.count()
            default: try scanner.skipValue()
            }
        }
        self.init(remaining: try required(remaining, "remaining"), denied: denied)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("remaining", remaining)
        writer.field("denied", denied)
    }
}

extension IdempotencyCounters {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var counters = IdempotencyCounters(executed: 0, shared: 0, replayed: 0)
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "executed": counters.executed = try scanner.count()
            case "shared": counters.shared = try scanner.count()
            case "replayed": counters.replayed = try scanner.count()
            default: try scanner.skipValue()
            }
        }
        self = counters
    }

    func write(to writer: inout JSONWriter) {
        writer.field("executed", executed)
        writer.field("shared", shared)
        writer.field("replayed", replayed)
    }
}

extension BatchCounters {
    init(_ scanner: inout JSONScanner) throws(WireError) {
        var counters = BatchCounters(items: 0, failed: 0, partial: 0)
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "items": counters.items = try scanner.count()
            case "failed": counters.failed = try scanner.count()
            case "partial": counters.partial = try scanner.count()
            default: try scanner.skipValue()
            }
        }
        self = counters
    }

    func write(to writer: inout JSONWriter) {
        writer.field("items", items)
        writer.field("failed", failed)
        writer.field("partial", partial)
    }
}

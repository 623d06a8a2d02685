extension Counters {
    /// Reads a field of the counters. Returns `false`, with the scanner still at the value, if the
    /// key is not one of them.
    @inline(__always)
    mutating func read(
        _ key: JSONKey, from scanner: inout JSONScanner
    ) throws(WireError) -> Bool {
        switch key {
        case "ok": ok = try scanner.count()
        case "failed": failed = try scanner.count()
        case "rejected": rejected = try scanner.count()
        case "cancelled": cancelled = try scanner.count()
        case "attempts": attempts = try scanner.count()
        case "retries": try RetryCount.read(&retries, from: &scanner)
        case "errors": try ErrorCount.read(&errors, from: &scanner)
        case "latency": try LatencyCount.read(&latency, from: &scanner)
        case "retry_ms": retryMS = try scanner.duration()
        case "in_flight": inFlight = try scanner.count()
        case "waiting": waiting = try scanner.count()
        case "oldest_ms": oldestMS = try scanner.duration()
        default: return try readFacet(key, from: &scanner)
        }
        return true
    }

    /// Reads a facet or the messages; otherwise like ``read(_:from:)``.
    @inline(__always)
    mutating func readFacet(
        _ key: JSONKey, from scanner: inout JSONScanner
    ) throws(WireError) -> Bool {
        switch key {
        case "bulkhead": bulkhead = try BulkheadCounters(&scanner)
        case "hedge": hedge = try HedgeCounters(&scanner)
        case "fallback": fallback = try FallbackCounters(&scanner)
        case "budget": budget = try BudgetCounters(&scanner)
        case "idempotency": idempotency = try IdempotencyCounters(&scanner)
        case "batch": batch = try BatchCounters(&scanner)
        case "stream": stream = try StreamCounters(&scanner)
        case "messages": messages = try ErrorMessage.list(&scanner)
        default: return false
        }
        return true
    }

    /// Sets all counters to zero, and keeps the storage of the lists that most deltas have.
    mutating func clear() {
        var cleared = Counters()
        swap(&cleared.retries, &retries)
        swap(&cleared.errors, &errors)
        swap(&cleared.latency, &latency)
        cleared.retries.removeAll(keepingCapacity: true)
        cleared.errors.removeAll(keepingCapacity: true)
        cleared.latency.removeAll(keepingCapacity: true)
        self = cleared
    }

    func write(to writer: inout JSONWriter) {
        writer.field("ok", ok)
        writer.field("failed", failed)
        writer.field("rejected", rejected)
        writer.field("cancelled", cancelled)
        writer.field("attempts", attempts)
        writeLists(to: &writer)
        writer.nonZero("retry_ms", retryMS)
        writer.nonZero("in_flight", inFlight)
        writer.nonZero("waiting", waiting)
        writer.nonZero("oldest_ms", oldestMS)
        writeFacets(to: &writer)
    }

    /// Writes the facets and the messages.
    func writeFacets(to writer: inout JSONWriter) {
        if let facets { facets.write(to: &writer) }
        if !messages.isEmpty {
            writer.object("messages") { (writer) in
                for message in messages {
                    writer.key(message.type, max: WireLimits.nameBytes)
                    writer.value(message.text, max: WireLimits.messageBytes)
                }
            }
        }
    }

    private func writeLists(to writer: inout JSONWriter) {
        if !retries.isEmpty {
            writer.object("retries") { (writer) in
                for entry in retries { writer.field(named: entry.retries, entry.calls) }
            }
        }
        if !errors.isEmpty {
            writer.object("errors") { (writer) in
                for entry in errors {
                    writer.key(entry.type, max: WireLimits.nameBytes)
                    writer.value(entry.count)
                }
            }
        }
        writer.histogram("latency", latency)
    }
}

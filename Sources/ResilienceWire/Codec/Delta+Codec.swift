extension Delta {
    /// Reads a `delta`, `total` or `slot`. `sequences` holds the sequence numbers that the type
    /// allows.
    init(
        _ scanner: inout JSONScanner, _ head: inout LineHead, sequences: PartialRangeFrom<Int>
    ) throws(WireError) {
        var strategy: String?
        // A slot has no sequence number; the field may be absent or 0.
        var sequence = sequences.contains(0) ? 0 : nil
        var summed = 1
        var missed = 0
        var spanMS: Int64?
        var counters = Counters()
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "s": strategy = try scanner.name()
            case "n":
                sequence = try scanner.count(sequences.lowerBound...Int(WireLimits.count))
            case "of": summed = try scanner.count(1...Int(WireLimits.count))
            case "missed": missed = try scanner.count()
            case "ms": spanMS = try scanner.duration()
            default:
                if try !counters.read(key, from: &scanner) {
                    try head.read(key, from: &scanner)
                }
            }
        }
        self.init(
            strategy: try required(strategy, "s"), sequence: try required(sequence, "n"),
            summed: summed, missed: missed, spanMS: try required(spanMS, "ms"),
            counters: counters)
    }

    func write(to writer: inout JSONWriter) {
        writer.field("s", strategy)
        writer.field("n", sequence)
        if summed > 1 { writer.field("of", summed) }
        writer.nonZero("missed", missed)
        writer.field("ms", spanMS)
        counters.write(to: &writer)
    }
}

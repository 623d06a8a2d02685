extension Delta {
    /// Reads a `delta`, `total` or `slot`. `sequences` holds the sequence numbers that the type
    /// allows.
    init(
        _ scanner: inout JSONScanner, _ head: inout LineHead, sequences: PartialRangeFrom<Int>
    ) throws(WireError) {
        self.init(strategy: "", sequence: 0, spanMS: 0, counters: Counters())
        try read(&scanner, &head, sequences: sequences)
    }

    /// Reads a `delta`, `total` or `slot` in place of this one, and reuses its storage.
    ///
    /// - Parameter expected: the strategy's probable name; it costs least to read.
    mutating func read(
        _ scanner: inout JSONScanner, _ head: inout LineHead, sequences: PartialRangeFrom<Int>,
        expecting expected: String = ""
    ) throws(WireError) {
        var strategy: String?
        // A slot has no sequence number; the field may be absent or 0.
        var sequence = sequences.contains(0) ? 0 : nil
        var spanMS: Int64?
        summed = 1
        missed = 0
        counters.clear()
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "s": strategy = try scanner.name(expecting: expected)
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
        self.strategy = try required(strategy, "s")
        self.sequence = try required(sequence, "n")
        self.spanMS = try required(spanMS, "ms")
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

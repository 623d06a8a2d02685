extension RetryCount {
    /// Reads `retries`, an object whose keys are numbers of retries, in place of a list.
    static func read(
        _ list: inout [RetryCount], from scanner: inout JSONScanner
    ) throws(WireError) {
        list.removeAll(keepingCapacity: true)
        var isAscending = true
        try scanner.readObject { (scanner, _) throws(WireError) in
            let retries = try scanner.retriesKey()
            if let last = list.last, last.retries >= retries { isAscending = false }
            list.append(RetryCount(retries: retries, calls: try scanner.count()))
        }
        guard !isAscending else { return }
        // The last of repeated keys counts.
        let lasts = Dictionary(list.map { ($0.retries, $0) }, uniquingKeysWith: { $1 })
        list = lasts.values.sorted { $0.retries < $1.retries }
    }
}

extension LatencyCount {
    /// Reads `latency`, a list of pairs.
    static func list(_ scanner: inout JSONScanner) throws(WireError) -> [LatencyCount] {
        var list: [LatencyCount] = []
        try read(&list, from: &scanner)
        return list
    }

    /// Reads `latency` in place of a list. Throws if a bucket occurs twice, because it is unclear
    /// which count is valid.
    static func read(
        _ list: inout [LatencyCount], from scanner: inout JSONScanner
    ) throws(WireError) {
        list.removeAll(keepingCapacity: true)
        var isAscending = true
        try scanner.readArray { (scanner) throws(WireError) in
            let start = scanner.position
            let pair = try LatencyCount(&scanner)
            if let last = list.last, last.bucket >= pair.bucket {
                isAscending = false
                // At most 575 comparisons, and only for a sender that does not sort its list.
                guard !list.contains(where: { $0.bucket == pair.bucket }) else {
                    throw scanner.repeatedBucket(pair.bucket, at: start)
                }
            }
            list.append(pair)
        }
        if !isAscending { list.sort { $0.bucket < $1.bucket } }
    }

    private init(_ scanner: inout JSONScanner) throws(WireError) {
        let start = scanner.position
        try scanner.beginArray()
        guard try scanner.nextElement() else { throw scanner.noPair(at: start) }
        let bucket = try scanner.count(0...LatencyBucket.count - 1)
        guard try scanner.nextElement() else { throw scanner.noPair(at: start) }
        let count = try scanner.count()
        guard try !scanner.nextElement() else { throw scanner.noPair(at: start) }
        self.init(bucket: bucket, count: count)
    }
}

extension JSONWriter {
    /// Writes a histogram as a list of pairs, unless it is empty.
    mutating func histogram(_ name: StaticString, _ counts: [LatencyCount]) {
        guard !counts.isEmpty else { return }
        array(name, counts) { (writer, entry) in writer.pair(entry.bucket, entry.count) }
    }
}

extension JSONScanner {
    /// Returns the key that the scanner read last as a number of retries in canonical decimal.
    func retriesKey() throws(WireError) -> Int {
        var number = 0
        for offset in lastKey.start..<lastKey.end {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit < 10, number <= WireLimits.retries else { throw badRetriesKey() }
            number = number * 10 + Int(digit)
        }
        let isCanonical =
            lastKey.count == 1
            || lastKey.count > 1 && bytes[lastKey.start] != UInt8(ascii: "0")
        guard isCanonical, number <= WireLimits.retries else {
            throw badRetriesKey()
        }
        return number
    }

    private func badRetriesKey() -> WireError {
        unfit(
            "named by a number of retries from 0 to \(WireLimits.retries)",
            at: lastKey.start - 1)
    }

    fileprivate func repeatedBucket(_ bucket: Int, at start: Int) -> WireError {
        unfit("a list that has each bucket once", found: "bucket \(bucket) again", at: start)
    }

    func noPair(at start: Int) -> WireError {
        unfit("a pair of a bucket and a count", at: start)
    }
}

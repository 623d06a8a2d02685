/// A column of counts of a `history` line.
struct CountColumn {
    let name: StaticString
    let read: @Sendable (Counters) -> Int
    let write: @Sendable (inout Counters, Int) -> Void

    private init(
        _ name: StaticString, _ read: @escaping @Sendable (Counters) -> Int,
        _ write: @escaping @Sendable (inout Counters, Int) -> Void
    ) {
        self.name = name
        self.read = read
        self.write = write
    }

    static let all = [
        CountColumn("ok", { $0.ok }, { $0.ok = $1 }),
        CountColumn("failed", { $0.failed }, { $0.failed = $1 }),
        CountColumn("rejected", { $0.rejected }, { $0.rejected = $1 }),
        CountColumn("cancelled", { $0.cancelled }, { $0.cancelled = $1 }),
        CountColumn("attempts", { $0.attempts }, { $0.attempts = $1 }),
        CountColumn("retry_ms", { Int($0.retryMS) }, { $0.retryMS = Int64($1) }),
        CountColumn("in_flight", { $0.inFlight }, { $0.inFlight = $1 }),
        CountColumn("waiting", { $0.waiting }, { $0.waiting = $1 }),
        CountColumn("oldest_ms", { Int($0.oldestMS) }, { $0.oldestMS = Int64($1) }),
    ]
}

/// The columns of a `history` line while it is read. A column may be shorter than there are slots:
/// the rest has no data.
struct HistoryColumns {
    private var counters = [Counters](repeating: Counters(), count: History.slotLimit)
    private var offsets: [Int]?
    private var retries: [(key: Int, value: [Int])] = []
    private var errors: [(key: String, value: [Int])] = []
    /// The length of the longest column.
    private var length = 0

    /// Reads a column. Returns `false`, with the scanner still at the value, if the key is not one
    /// of them.
    mutating func read(
        _ key: JSONKey, from scanner: inout JSONScanner
    ) throws(WireError) -> Bool {
        switch key {
        case "slots": offsets = try scanner.offsets()
        case "retries":
            retries = try scanner.keyedColumns { (scanner) throws(WireError) in
                try scanner.retriesKey()
            }
        case "errors":
            errors = try scanner.keyedColumns { (scanner) throws(WireError) in
                try scanner.errorTypeKey()
            }
        case "latency":
            let column = try scanner.column { (scanner) throws(WireError) in
                try LatencyCount.steps(&scanner)
            }
            take(column, empty: []) { $0.latency = $1 }
        case "facets":
            let column = try scanner.column { (scanner) throws(WireError) in
                var counters = Counters()
                try scanner.readObject { (scanner, key) throws(WireError) in
                    if try !counters.readFacet(key, from: &scanner) { try scanner.skipValue() }
                }
                return counters
            }
            take(column, empty: Counters()) {
                $0.facets = $1.facets
                $0.messages = $1.messages
            }
        default:
            guard
                let column = CountColumn.all.first(where: {
                    JSONKey(stringLiteral: $0.name) == key
                })
            else { return false }
            take(try scanner.counts(), empty: 0, column.write)
        }
        return true
    }

    /// Sets a column in all slots.
    private mutating func take<Value>(
        _ column: [Value], empty: Value, _ set: (inout Counters, Value) -> Void
    ) {
        length = max(length, column.count)
        for index in counters.indices {
            set(&counters[index], index < column.count ? column[index] : empty)
        }
    }

    /// The first `count` slots; `nil` if a column has more, or if not all of them have an offset.
    consuming func slots(_ count: Int) -> [History.Slot]? {
        for column in retries {
            addCounts(column) { $0.retries.append(RetryCount(retries: column.key, calls: $1)) }
        }
        for column in errors {
            addCounts(column) { $0.errors.append(ErrorCount(type: column.key, count: $1)) }
        }
        let offsets = offsets ?? Array(0..<count)
        guard length <= count, offsets.count == count else { return nil }
        return zip(offsets, counters).map { History.Slot(offset: $0, counters: $1) }
    }

    private mutating func addCounts<Key>(
        _ column: (key: Key, value: [Int]), _ add: (inout Counters, Int) -> Void
    ) {
        length = max(length, column.value.count)
        for (index, count) in column.value.enumerated() where count > 0 {
            add(&counters[index], count)
        }
    }
}

extension LatencyCount {
    /// Reads a histogram as a flat list: for each bucket the distance from the one before, or from
    /// 0, and the count.
    fileprivate static func steps(
        _ scanner: inout JSONScanner
    ) throws(WireError) -> [LatencyCount] {
        var list: [LatencyCount] = []
        try scanner.beginArray()
        while try scanner.nextElement() {
            let start = scanner.position
            let step = try scanner.count(0...LatencyBucket.count - 1)
            let bucket = (list.last?.bucket ?? 0) + step
            guard list.isEmpty || step > 0, bucket < LatencyBucket.count else {
                throw scanner.unfit(
                    "the distance to a later bucket, of which the last is "
                        + "\(LatencyBucket.count - 1)", at: start)
            }
            guard try scanner.nextElement() else { throw scanner.noPair(at: start) }
            list.append(LatencyCount(bucket: bucket, count: try scanner.count()))
        }
        return list
    }
}

extension JSONScanner {
    /// Reads a list with a value for each slot, up to ``History/slotLimit``.
    fileprivate mutating func column<Value>(
        _ read: (inout JSONScanner) throws(WireError) -> Value
    ) throws(WireError) -> [Value] {
        var column: [Value] = []
        try readArray { (scanner) throws(WireError) in
            guard column.count < History.slotLimit else {
                throw scanner.unfit("left out: there are at most \(History.slotLimit) slots")
            }
            column.append(try read(&scanner))
        }
        return column
    }

    fileprivate mutating func counts() throws(WireError) -> [Int] {
        try column { (scanner) throws(WireError) in try scanner.count() }
    }

    /// Reads an object with a column of counts for each key, in the order of the keys. The last of
    /// repeated keys counts.
    fileprivate mutating func keyedColumns<Key: Hashable & Comparable>(
        _ key: (borrowing JSONScanner) throws(WireError) -> Key
    ) throws(WireError) -> [(key: Key, value: [Int])] {
        var columns: [Key: [Int]] = [:]
        try readObject { (scanner, _) throws(WireError) in
            let key = try key(scanner)
            columns[key] = try scanner.counts()
        }
        return columns.sorted { $0.key < $1.key }
    }

    /// Reads the offsets of slots, which ascend.
    fileprivate mutating func offsets() throws(WireError) -> [Int] {
        var last = -1
        return try column { (scanner) throws(WireError) in
            let start = scanner.position
            let offset = try scanner.count(0...History.slotLimit - 1)
            guard offset > last else { throw scanner.unfit("more than \(last)", at: start) }
            last = offset
            return offset
        }
    }
}

extension History {
    init(_ scanner: inout JSONScanner, _ head: inout LineHead) throws(WireError) {
        var strategy: String?
        var from: Int64?
        var count: Int?
        var countStart = 0
        var columns = HistoryColumns()
        try scanner.readFields { (scanner, key) throws(WireError) in
            switch key {
            case "s": strategy = try scanner.name()
            case "from": from = try scanner.duration()
            case "n":
                countStart = scanner.position
                count = try scanner.count(1...History.slotLimit)
            default:
                if try !columns.read(key, from: &scanner) {
                    try head.read(key, from: &scanner)
                }
            }
        }
        self.init(
            strategy: try required(strategy, "s"), from: try required(from, "from"), slots: [])
        let slots = columns.slots(try required(count, "n"))
        guard let slots else {
            throw scanner.unfit("the number of slots of every column", at: countStart)
                .inside("n")
        }
        self.slots = slots
    }

    func write(to writer: inout JSONWriter) {
        writer.field("s", strategy)
        writer.field("from", from)
        writer.field("n", slots.count)
        if slots.indices.contains(where: { slots[$0].offset != $0 }) {
            writer.array("slots", slots) { $0.value($1.offset) }
        }
        for column in CountColumn.all {
            write(column.name, to: &writer) {
                column.read($0) != 0
            } _: {
                $0.value(column.read($1))
            }
        }
        write("retries", counts { $0.retries.map { ($0.retries, $0.calls) } }, to: &writer)
        write("errors", counts { $0.errors.map { ($0.type, $0.count) } }, to: &writer)
        write("latency", to: &writer) {
            !$0.latency.isEmpty
        } _: {
            $0.steps($1.latency)
        }
        write("facets", to: &writer) {
            $0.facets != nil || !$0.messages.isEmpty
        } _: {
            $0.beginObject()
            $1.writeFacets(to: &$0)
            $0.endObject()
        }
    }

    /// Writes a column up to its last slot with data.
    private func write(
        _ name: StaticString, to writer: inout JSONWriter, where hasData: (Counters) -> Bool,
        _ value: (inout JSONWriter, Counters) -> Void
    ) {
        guard let last = slots.lastIndex(where: { hasData($0.counters) }) else { return }
        writer.key(name)
        writer.beginArray()
        for index in 0...last { value(&writer, slots[index].counters) }
        writer.endArray()
    }

    /// The column of counts of each key.
    private func counts<Key: Hashable>(
        _ entries: (Counters) -> [(key: Key, count: Int)]
    ) -> [Key: [Int]] {
        var columns: [Key: [Int]] = [:]
        for index in slots.indices {
            for entry in entries(slots[index].counters) where entry.count > 0 {
                columns[entry.key, default: []].add(entry.count, at: index)
            }
        }
        return columns
    }

    private func write<Key: Hashable & Comparable & CustomStringConvertible>(
        _ name: StaticString, _ columns: [Key: [Int]], to writer: inout JSONWriter
    ) {
        guard !columns.isEmpty else { return }
        writer.object(name) { writer in
            for (key, column) in columns.sorted(by: { $0.key < $1.key }) {
                writer.key(key.description, max: WireLimits.nameBytes)
                writer.beginArray()
                for count in column { writer.value(count) }
                writer.endArray()
            }
        }
    }
}

extension [Int] {
    /// Adds a count to the element at an index, before which missing elements are 0.
    fileprivate mutating func add(_ count: Int, at index: Int) {
        while self.count <= index { append(0) }
        // There may be a count already: Swift considers some error types of different bytes equal.
        self[index] = Swift.min(self[index] + count, Int(WireLimits.count))
    }
}

extension JSONWriter {
    /// Writes a histogram as a flat list: for each bucket the distance from the one before, or from
    /// 0, and the count.
    fileprivate mutating func steps(_ counts: [LatencyCount]) {
        var last = 0
        beginArray()
        for entry in counts {
            value(entry.bucket - last)
            value(entry.count)
            last = entry.bucket
        }
        endArray()
    }
}

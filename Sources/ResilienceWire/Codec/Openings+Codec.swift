extension OpeningsReading {
    /// The maximum number of slots: five minutes in slots of 5 s, plus the present slot.
    static let slotLimit = 61

    init(_ scanner: inout JSONScanner) throws(WireError) {
        var lastMS: Int64?
        var reading = OpeningsReading(lastMS: 0, slots: [])
        try scanner.readObject { (scanner, key) throws(WireError) in
            switch key {
            case "last_ms": lastMS = try scanner.duration()
            case "flapping_ms": reading.flappingMS = try scanner.duration()
            case "slots":
                reading.slots = []
                try scanner.readArray { (scanner) throws(WireError) in
                    let start = scanner.position
                    guard reading.slots.count < Self.slotLimit else {
                        throw scanner.unfit("at most \(Self.slotLimit) slots", at: start)
                    }
                    reading.slots.append(try Slot(&scanner))
                }
            default: try scanner.skipValue()
            }
        }
        reading.lastMS = try required(lastMS, "last_ms")
        self = reading
    }

    func write(to writer: inout JSONWriter) {
        writer.field("last_ms", lastMS)
        writer.field("flapping_ms", flappingMS)
        writer.array("slots", slots) { (writer, slot) in
            writer.beginArray()
            writer.value(slot.agoMS)
            writer.value(slot.count)
            writer.value(slot.openMS)
            writer.endArray()
        }
    }
}

extension OpeningsReading.Slot {
    /// Reads `[ago_ms, count, open_ms]`.
    fileprivate init(_ scanner: inout JSONScanner) throws(WireError) {
        let start = scanner.position
        func wrong(_ scanner: JSONScanner) -> WireError {
            scanner.unfit("a list of age, count and open time", at: start)
        }
        try scanner.beginArray()
        guard try scanner.nextElement() else { throw wrong(scanner) }
        let agoMS = try scanner.duration()
        guard try scanner.nextElement() else { throw wrong(scanner) }
        let count = try scanner.count()
        guard try scanner.nextElement() else { throw wrong(scanner) }
        let openMS = try scanner.duration()
        guard try !scanner.nextElement() else { throw wrong(scanner) }
        self.init(agoMS: agoMS, count: count, openMS: openMS)
    }
}

import ResilienceWire

/// The completed slots of a window, oldest first, in packed form because most are rarely read. The
/// slots are stored in chunks: appending to a copy copies one chunk, not all slots. The call
/// counts, which are read often, are decoded without the other fields.
struct PastSlots: Equatable, Sendable {
    /// Consecutive slots in one byte array.
    struct Chunk: Equatable {
        let start: Int64
        /// For each slot: the distance of its start from the previous slot's start, the length of
        /// its counters in bytes, and the counters.
        var bytes: [UInt8] = []
        var count = 0
        var last: Int64

        init(start: Int64) {
            self.start = start
            last = start
        }

        mutating func append(_ slot: Window.Slot) {
            var (body, counters) = (PackedCounters.Writer(), slot.counters)
            counters.pass(through: &body)
            var head = PackedCounters.Writer()
            var (gap, length) = (slot.start - last, body.bytes.count)
            head.pass(&gap)
            head.pass(&length)
            // Allocate exactly: an array that grows by itself reserves up to twice its size.
            var longer: [UInt8] = []
            longer.reserveCapacity(bytes.count + head.bytes.count + length)
            longer += bytes
            longer += head.bytes
            longer += body.bytes
            bytes = longer
            last = slot.start
            count += 1
        }

        /// Calls `body` for each slot that starts at `earliest` or later, with its start and a
        /// reader positioned at its counters.
        func forEach(
            from earliest: Int64, _ body: (Int64, inout PackedCounters.Reader) -> Void
        ) {
            var reader = PackedCounters.Reader(bytes)
            var start = start
            for _ in 0..<count {
                var (gap, length) = (Int64(0), 0)
                reader.pass(&gap)
                reader.pass(&length)
                let end = reader.position + length
                start += gap
                if start >= earliest { body(start, &reader) }
                reader.position = end
            }
        }
    }

    private static let slotsPerChunk = 12

    private(set) var chunks: [Chunk] = []
    /// Slots that start before this time are forgotten, although a chunk may still contain them.
    private var earliest = Int64.min
    /// The number of slots that are not forgotten.
    private(set) var count = 0

    /// The start of the oldest slot; `nil` without slots.
    var start: Int64? {
        guard let first = chunks.first else { return nil }
        if first.start >= earliest { return first.start }
        var start: Int64?
        first.forEach(from: earliest) { (time, _) in start = start ?? time }
        return start
    }

    /// The slots that start at `time` or later.
    func slots(from time: Int64 = .min) -> [Window.Slot] {
        var slots: [Window.Slot] = []
        forEach(from: time) { (start, reader) in
            var counters = Counters()
            counters.pass(through: &reader)
            slots.append(Window.Slot(start: start, counters: counters))
        }
        return slots
    }

    /// The number of slots that start at `time` or later.
    func count(from time: Int64) -> Int {
        var count = 0
        forEach(from: time) { (_, _) in count += 1 }
        return count
    }

    /// The summed call counts of the slots that start at `time` or later.
    func calls(from time: Int64) -> CallCounts {
        var sum = CallCounts()
        forEach(from: time) { (_, reader) in
            var counters = Counters()
            counters.passCalls(through: &reader)
            sum.add(CallCounts(counters))
        }
        return sum
    }

    private func forEach(from time: Int64, _ body: (Int64, inout PackedCounters.Reader) -> Void) {
        let earliest = max(time, earliest)
        let first = chunks.firstIndex { $0.last >= earliest } ?? chunks.count
        for chunk in chunks[first...] { chunk.forEach(from: earliest, body) }
    }

    /// Appends a slot. It must start later than all others.
    mutating func append(_ slot: Window.Slot) {
        if chunks.last.map({ $0.count == Self.slotsPerChunk }) ?? true {
            chunks.append(Chunk(start: slot.start))
        }
        chunks[chunks.count - 1].append(slot)
        count += 1
    }

    /// Adds late counters, oldest first, to existing or new slots. All slots are unpacked once for
    /// this.
    mutating func add(_ late: [Window.Slot]) {
        let late = late.drop { $0.start < earliest }
        guard !late.isEmpty else { return }
        var known = slots()[...]
        var all: [Window.Slot] = []
        all.reserveCapacity(known.count + late.count)
        for slot in late {
            while let first = known.first, first.start < slot.start {
                all.append(known.removeFirst())
            }
            if known.first?.start == slot.start {
                known[known.startIndex].counters.add(slot.counters)
            } else {
                all.append(slot)
            }
        }
        let bound = earliest
        self = PastSlots(all + known)
        earliest = bound
    }

    /// Forgets the slots that start before `time`.
    mutating func forget(before time: Int64) {
        guard let oldest = chunks.first?.start, oldest < time, earliest < time else { return }
        earliest = time
        chunks.removeAll { $0.last < time }
        count = chunks.reduce(0) { $0 + $1.count }
        if let first = chunks.first, first.start < time {
            count -= first.count
            first.forEach(from: time) { (_, _) in count += 1 }
        }
    }

    /// Creates an empty list.
    init() {}

    private init(_ slots: [Window.Slot]) {
        for slot in slots { append(slot) }
    }

    /// Compares the slots; their division into chunks does not matter.
    static func == (a: PastSlots, b: PastSlots) -> Bool { a.slots() == b.slots() }
}

import ResilienceWire

/// The slots of a window that are over, oldest first: packed, for they are seldom looked at, and in chunks,
/// so that whoever adds one to a copy copies a chunk and not all. Their calls, which are looked at all the
/// time, are read without the rest.
struct PastSlots: Equatable, Sendable {
    /// Some slots, one behind the other.
    struct Chunk: Equatable {
        let start: Int64
        /// Of each slot how far behind the one before it begins, the length of its counters, and these.
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
            // No more than is needed: an array that grows by itself holds up to twice what is in it.
            var longer: [UInt8] = []
            longer.reserveCapacity(bytes.count + head.bytes.count + length)
            longer += bytes
            longer += head.bytes
            longer += body.bytes
            bytes = longer
            last = slot.start
            count += 1
        }

        /// Calls `body` with where each begins that does so at a time or later, and a reader at its counters.
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
    /// What begins before this is forgotten, though it may be in a chunk still.
    private var earliest = Int64.min
    /// How many are not forgotten.
    private(set) var count = 0

    /// Where the oldest begins.
    var start: Int64? {
        guard let first = chunks.first else { return nil }
        if first.start >= earliest { return first.start }
        var start: Int64?
        first.forEach(from: earliest) { (time, _) in start = start ?? time }
        return start
    }

    /// Those that begin at a time or later.
    func slots(from time: Int64 = .min) -> [Window.Slot] {
        var slots: [Window.Slot] = []
        forEach(from: time) { (start, reader) in
            var counters = Counters()
            counters.pass(through: &reader)
            slots.append(Window.Slot(start: start, counters: counters))
        }
        return slots
    }

    /// How many begin at a time or later.
    func count(from time: Int64) -> Int {
        var count = 0
        forEach(from: time) { (_, _) in count += 1 }
        return count
    }

    /// The calls of those that begin at a time or later.
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

    /// Adds one that begins later than the others.
    mutating func append(_ slot: Window.Slot) {
        if chunks.last.map({ $0.count == Self.slotsPerChunk }) ?? true {
            chunks.append(Chunk(start: slot.start))
        }
        chunks[chunks.count - 1].append(slot)
        count += 1
    }

    /// Counts what comes late, oldest first, in slots that may be new. All are unpacked for it, once.
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

    /// Forgets those that begin before a time.
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

    /// Nothing counted yet.
    init() {}

    private init(_ slots: [Window.Slot]) {
        for slot in slots { append(slot) }
    }

    /// Whether the slots are the same, however they are cut into chunks.
    static func == (a: PastSlots, b: PastSlots) -> Bool { a.slots() == b.slots() }
}

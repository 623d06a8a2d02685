import ResilienceWire

/// The slots of a window that are over, oldest first: packed, for they are seldom looked at, and in chunks,
/// so that whoever adds one to a copy copies a chunk and not all. Of the latest the calls are at hand,
/// which are looked at all the time.
struct PastSlots: Equatable, Sendable {
    /// Some slots, one behind the other.
    private struct Chunk: Equatable {
        let start: Int64
        /// Of each slot how far behind the one before it begins, and its counters.
        var bytes: [UInt8] = []
        var count = 0
        var last: Int64

        init(start: Int64) {
            self.start = start
            last = start
        }

        mutating func append(_ slot: Window.Slot) {
            // In steps: an array that grows by itself holds up to twice what is in it.
            if bytes.count + 128 > bytes.capacity { bytes.reserveCapacity(bytes.count + 256) }
            var writer = PackedCounters.Writer()
            swap(&writer.bytes, &bytes)
            var (gap, counters) = (slot.start - last, slot.counters)
            writer.pass(&gap)
            counters.pass(through: &writer)
            swap(&writer.bytes, &bytes)
            last = slot.start
            count += 1
        }

        var slots: [Window.Slot] {
            var reader = PackedCounters.Reader(bytes)
            var start = start
            return (0..<count).map { _ in
                var (gap, counters) = (Int64(0), Counters())
                reader.pass(&gap)
                counters.pass(through: &reader)
                start += gap
                return Window.Slot(start: start, counters: counters)
            }
        }
    }

    private struct Calls: Equatable {
        let start: Int64
        let counts: CallCounts
    }

    private static let slotsPerChunk = 12
    /// The slots of the minute that ends with the present slot.
    private static let slotsAtHand = 11

    private var chunks: [Chunk] = []
    private var latest: [Calls] = []
    /// What begins before this is forgotten, though it may be in a chunk still.
    private var earliest = Int64.min
    /// How many are not forgotten.
    private(set) var count = 0

    /// Where the oldest begins.
    var start: Int64? {
        guard let first = chunks.first else { return nil }
        if first.start >= earliest { return first.start }
        return first.slots.first { $0.start >= earliest }?.start
    }

    /// Those that begin at a time or later.
    func slots(from time: Int64 = .min) -> [Window.Slot] {
        let earliest = max(time, earliest)
        let first = chunks.firstIndex { $0.last >= earliest } ?? chunks.count
        return Array(chunks[first...].flatMap(\.slots).drop { $0.start < earliest })
    }

    /// The calls of those that begin at a time or later.
    func calls(from time: Int64) -> CallCounts {
        var sum = CallCounts()
        if latest.count < count, let first = latest.first, first.start > time {
            for slot in slots(from: time) { sum.add(CallCounts(slot.counters)) }
            return sum
        }
        for calls in latest.reversed() {
            guard calls.start >= time else { break }
            sum.add(calls.counts)
        }
        return sum
    }

    /// Adds one that begins later than the others.
    mutating func append(_ slot: Window.Slot) {
        if chunks.last.map({ $0.count == Self.slotsPerChunk }) ?? true {
            chunks.append(Chunk(start: slot.start))
        }
        chunks[chunks.count - 1].append(slot)
        count += 1
        if latest.count == Self.slotsAtHand { latest.removeFirst() }
        latest.append(Calls(start: slot.start, counts: CallCounts(slot.counters)))
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
        latest.removeAll { $0.start < time }
        count = chunks.reduce(0) { $0 + $1.count }
        if let first = chunks.first, first.start < time {
            count -= first.slots.count { $0.start < time }
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

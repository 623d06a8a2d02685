public import ResilienceWire

/// The last five minutes of a strategy, in slots of 5 s that had anything.
public struct Window: Equatable, Sendable {
    /// What was counted in one slot.
    public struct Slot: Equatable, Sendable {
        /// Unix milliseconds at which the slot begins; a multiple of 5,000.
        public let start: Int64
        /// What was counted.
        public internal(set) var counters: Counters
    }

    /// The length of a slot in milliseconds.
    public static let slotMS: Int64 = 5_000
    /// How many slots there are.
    public static let slotCount = 60

    /// Those before the present one. They are apart from it because whoever keeps a copy of the
    /// window, such as a screen, makes each count after that copy what it changes.
    var past = PastSlots()
    /// The latest that had anything.
    var present: Slot?

    /// Nothing counted yet.
    public init() {}

    /// The slots that had anything, oldest first.
    public var slots: [Slot] { slots(from: .min) }

    /// Where the oldest slot that had anything begins.
    public var start: Int64? { past.start ?? present?.start }

    /// How many these are, without a copy of them.
    func usedSlots(from earliest: Int64) -> Int {
        let recent = earliest == .min ? past.count : past.count(from: earliest)
        return recent + (present.map { $0.start >= earliest } == true ? 1 : 0)
    }

    /// Counts what ended within the `span` milliseconds before `at`; over several slots evenly.
    mutating func add(_ counters: Counters, span: Int64, at: Int64) {
        let last = Self.start(of: at)
        // Slots before the window are of no interest, however much time a delta claims to cover.
        let covered = min(max(0, span - 1) / Self.slotMS, Int64(Self.slotCount) - 1)
        let parts = span > Self.slotMS ? Int(covered) + 1 : 1
        if parts > 1 {
            let slots = (0..<parts).map { index in
                Slot(
                    start: last - Int64(parts - 1 - index) * Self.slotMS,
                    counters: counters.part(index, of: parts))
            }
            let latest = present?.start ?? .min
            past.add(slots.filter { $0.start < latest })
            for slot in slots where slot.start >= latest { add(slot.counters, start: slot.start) }
        } else {
            add(counters, start: last)
        }
        prune(at: at)
    }

    /// Takes over a slot as it is, in whose time `start` is; what is older than the window is not kept.
    mutating func add(_ counters: Counters, start: Int64) {
        let start = Self.start(of: start)
        let latest = present?.start ?? .min
        if present != nil, start < Self.earliest(with: latest) { return }
        if start == latest {
            present?.counters.add(counters)
        } else if start > latest {
            if let present { past.append(present) }
            present = Slot(start: start, counters: counters)
            present?.counters.foldWhatIsTooMuch()
            past.forget(before: Self.earliest(with: start))
        } else {
            past.add([Slot(start: start, counters: counters)])
        }
    }

    /// What ended within the last `span` milliseconds, to whole slots.
    public func total(last span: Int64, at: Int64) -> Counters {
        let earliest = Self.start(of: at) - span + Self.slotMS
        var total = Counters()
        for slot in slots(from: earliest) { total.add(slot.counters) }
        return total
    }

    /// The calls that ended within the last `span` milliseconds, without their histograms: for who
    /// looks at every strategy every second.
    public func calls(last span: Int64, at: Int64) -> CallCounts {
        let earliest = Self.start(of: at) - span + Self.slotMS
        var counts = past.calls(from: earliest)
        if let present, present.start >= earliest {
            counts.add(CallCounts(present.counters))
        }
        return counts
    }

    /// One value for each of the last `count` slots, oldest first; `nil` where a slot had nothing.
    public func series(_ count: Int, at: Int64) -> [Counters?] {
        let last = Self.start(of: at)
        var series = [Counters?](repeating: nil, count: count)
        for slot in slots(from: last - Int64(count - 1) * Self.slotMS) {
            let index = count - 1 - Int((last - slot.start) / Self.slotMS)
            if series.indices.contains(index) { series[index] = slot.counters }
        }
        return series
    }

    func slots(from earliest: Int64) -> [Slot] {
        let slots = past.slots(from: earliest)
        guard let present, present.start >= earliest else { return slots }
        return slots + [present]
    }

    private mutating func prune(at: Int64) {
        let earliest = Self.earliest(with: Self.start(of: at))
        past.forget(before: earliest)
        if let latest = present?.start, latest < earliest { present = nil }
    }

    /// Where the window begins whose latest slot begins at a time.
    private static func earliest(with latest: Int64) -> Int64 {
        latest - Int64(slotCount - 1) * slotMS
    }

    static func start(of at: Int64) -> Int64 {
        at - ((at % slotMS) + slotMS) % slotMS
    }
}

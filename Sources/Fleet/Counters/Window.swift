public import ResilienceWire

/// The counters of a strategy over the last five minutes, in slots of 5 s, and since the start. Slots
/// without data are not stored.
public struct Window: Equatable, Sendable {
    /// One slot with its counters.
    public struct Slot: Equatable, Sendable {
        /// Unix milliseconds at which the slot begins; a multiple of 5,000.
        public let start: Int64
        /// The counters of the slot.
        public internal(set) var counters: Counters
    }

    /// The length of a slot in milliseconds.
    public static let slotMS = History.slotMS
    /// The maximum number of slots.
    public static let slotCount = History.slotLimit

    /// The slots before the present one. They are stored apart from it: after a screen or another
    /// reader copies the window, each new count then copies only the present slot.
    var past = PastSlots()
    /// The start of the latest slot with data, in Unix milliseconds; `nil` without data. It is stored
    /// apart from the counters, because reading it from an optional slot copies the slot.
    private(set) var presentStart: Int64?
    /// The counters that were added to the latest slot, and whether there are any. The total gets
    /// them when the next slot begins: most counters are then added once, not twice.
    private(set) var fresh = Counters()
    private(set) var hasFresh = false
    /// The counters of the latest slot that a keyframe brought, and whether there are any.
    private(set) var restored = Counters()
    private(set) var isRestored = false
    /// The counters since the start, without ``fresh``.
    private(set) var settled = Counters()
    /// The call counts of ``past`` from ``minuteStart`` on: of the minute that ends with the latest
    /// slot. They are read each second and change with the slot.
    private(set) var minute = CallCounts()
    private(set) var minuteStart = Int64.min
    /// The start of the latest slot to which counters with failed or rejected calls or with retries
    /// were added, in Unix milliseconds.
    private var troubledStart = Int64.min

    /// Creates an empty window.
    public init() {}

    /// Whether both windows have the same slots and the same total.
    public static func == (a: Window, b: Window) -> Bool {
        a.presentStart == b.presentStart && a.presentCounters == b.presentCounters
            && a.past == b.past && a.total == b.total
    }

    /// The counters of the latest slot with data; empty without data.
    private var presentCounters: Counters {
        guard isRestored else { return fresh }
        var sum = restored
        if hasFresh { sum.add(fresh) }
        return sum
    }

    /// The counters since the start, and the gauges of calls in flight.
    var total: Counters {
        get {
            guard hasFresh else { return settled }
            var sum = settled
            sum.add(fresh)
            return sum
        }
        set {
            restored = presentCounters
            isRestored = presentStart != nil
            fresh = Counters()
            hasFresh = false
            settled = newValue
        }
    }

    /// The latest counters: their gauges are those of the total.
    var latest: Counters { hasFresh ? fresh : settled }

    /// Drops all slots. The total stays.
    mutating func forget() {
        let total = total
        self = Window()
        settled = total
    }

    /// The slots with data, oldest first.
    public var slots: [Slot] { slots(from: .min) }

    /// The start of the oldest slot with data, in Unix milliseconds; `nil` without data.
    public var start: Int64? { past.start ?? presentStart }

    /// Adds counters of the `span` milliseconds before `at`. They are spread evenly if the span
    /// covers several slots.
    mutating func add(_ counters: Counters, span: Int64, at: Int64) {
        let last = Self.start(of: at)
        // Limit the parts to the window, however long a span the delta claims.
        let covered = min(max(0, span - 1) / Self.slotMS, Int64(Self.slotCount) - 1)
        let parts = span > Self.slotMS ? Int(covered) + 1 : 1
        if parts > 1 {
            let slots = (0..<parts).map { index in
                Slot(
                    start: last - Int64(parts - 1 - index) * Self.slotMS,
                    counters: counters.part(index, of: parts))
            }
            let latest = presentStart ?? .min
            for slot in slots where slot.start < latest {
                note(slot.counters, start: slot.start)
                settled.add(slot.counters)
            }
            if presentStart != nil {
                let earliest = Self.earliest(with: latest)
                past.add(slots.filter { $0.start >= earliest && $0.start < latest })
                sumMinute(to: latest)
            }
            for slot in slots where slot.start >= latest { add(slot.counters, start: slot.start) }
        } else {
            add(counters, start: last)
        }
    }

    /// Adds counters to the slot that contains `start`, and to the total. Counters older than the
    /// window have no slot.
    mutating func add(_ counters: Counters, start: Int64) {
        let start = Self.start(of: start)
        if let latest = presentStart, start < latest {
            settled.add(counters)
            return addLate(counters, start: start)
        }
        note(counters, start: start)
        if presentStart != start { begin(start) }
        if hasFresh {
            fresh.add(counters)
        } else {
            fresh = counters.compact
            fresh.foldWhatIsTooMuch()
            hasFresh = true
        }
    }

    /// Adds counters of a keyframe to the slot that contains `start`. They are in the keyframe's
    /// total already.
    mutating func restore(_ counters: Counters, start: Int64) {
        let start = Self.start(of: start)
        if let latest = presentStart, start < latest { return addLate(counters, start: start) }
        note(counters, start: start)
        if presentStart != start { begin(start) }
        restored.add(counters)
        isRestored = true
    }

    /// Adds counters to a slot before the latest one.
    private mutating func addLate(_ counters: Counters, start: Int64) {
        guard let latest = presentStart, start >= Self.earliest(with: latest) else { return }
        note(counters, start: start)
        past.add([Slot(start: start, counters: counters)])
        sumMinute(to: latest)
    }

    private mutating func sumMinute(to latest: Int64) {
        minuteStart = Self.earliest(last: 60_000, at: latest)
        minute = past.calls(from: minuteStart)
    }

    /// Begins a slot later than the latest one.
    private mutating func begin(_ start: Int64) {
        if let latest = presentStart {
            past.append(Slot(start: latest, counters: presentCounters))
            past.forget(before: Self.earliest(with: start))
            sumMinute(to: start)
        }
        if hasFresh { settled.add(fresh) }
        presentStart = start
        fresh = Counters()
        hasFresh = false
        restored = Counters()
        isRestored = false
    }

    /// Adds slots of a keyframe, oldest first, whose counters are earlier than those in the window.
    mutating func restore(_ earlier: [Slot]) {
        guard let first = earlier.first, let latest = presentStart, first.start <= latest else {
            for slot in earlier { restore(slot.counters, start: slot.start) }
            return
        }
        // Stable: of slots with the same start, the earlier counters come first.
        let all = (earlier + slots).sorted { $0.start < $1.start }
        let total = total
        self = Window()
        for slot in all { restore(slot.counters, start: slot.start) }
        settled = total
    }

    private mutating func note(_ counters: Counters, start: Int64) {
        let ran = counters.ok + counters.failed
        guard counters.failed > 0 || counters.rejected > 0 || counters.attempts > ran else {
            return
        }
        troubledStart = max(troubledStart, start)
    }

    /// Whether calls of the last `span` milliseconds may have failed, been rejected or been retried.
    func isTroubled(last span: Int64, at: Int64) -> Bool {
        troubledStart >= Self.earliest(last: span, at: at)
    }

    /// The start of the oldest slot of the last `span` milliseconds.
    static func earliest(last span: Int64, at: Int64) -> Int64 {
        start(of: at) - span + slotMS
    }

    /// The sum over the last `span` milliseconds, rounded to whole slots.
    public func total(last span: Int64, at: Int64) -> Counters {
        let earliest = Self.earliest(last: span, at: at)
        var total = Counters()
        for slot in slots(from: earliest) { total.add(slot.counters) }
        return total
    }

    /// One value for each of the last `count` slots, oldest first; `nil` for a slot without data.
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
        guard let presentStart, presentStart >= earliest else { return slots }
        return slots + [Slot(start: presentStart, counters: presentCounters)]
    }

    /// The start of the oldest slot in a window whose latest slot starts at `latest`.
    private static func earliest(with latest: Int64) -> Int64 {
        latest - Int64(slotCount - 1) * slotMS
    }

    static func start(of at: Int64) -> Int64 {
        at - ((at % slotMS) + slotMS) % slotMS
    }
}

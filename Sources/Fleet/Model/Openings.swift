import ResilienceWire

/// How often a breaker opened in the last five minutes, and whether it is flapping.
///
/// A breaker is flapping from its third opening within five minutes until five minutes have passed
/// without one. Only openings of a closed breaker by its own rule count: a failed probe belongs to the
/// opening before it, and what an operator or the agent's own code does is no flapping.
public struct Openings: Equatable, Sendable {
    private struct Slot: Equatable {
        let start: Int64
        var count = 0
        var openMS: Int64 = 0
    }

    /// How long an opening counts, in milliseconds.
    public static let spanMS: Int64 = Window.slotMS * Int64(Window.slotCount)
    /// So many openings within ``spanMS`` are flapping.
    public static let limit = 3

    /// The slots in which it opened or was open, oldest first.
    private var slots: [Slot] = []
    private var last: Int64
    private var flappingSince: Int64?

    /// The breaker opened for the first time.
    init(at time: Int64) {
        last = time
        open(at: time)
    }

    /// Unix milliseconds since which it is flapping at a time; `nil` where it is not.
    public func flappingSince(at now: Int64) -> Int64? {
        now - last < Self.spanMS ? flappingSince : nil
    }

    /// How often it opened in the last five minutes.
    public func count(at now: Int64) -> Int {
        recent(at: now).reduce(0) { bounded($0, $1.count) }
    }

    /// The share of the last five minutes for which it was open, 0 to 1.
    ///
    /// - Parameter since: Unix milliseconds since which it is open; `nil` where it is not.
    public func openShare(at now: Int64, openSince since: Int64?) -> Double {
        let past = recent(at: now).reduce(0) { bounded($0, Int($1.openMS)) }
        let present = since.map { max(0, now - max($0, now - Self.spanMS)) } ?? 0
        return min(1, Double(bounded(past, Int(present))) / Double(Self.spanMS))
    }

    /// The breaker opened.
    mutating func open(at time: Int64) {
        change(at: time) { $0.count = bounded($0.count, 1) }
        if flappingSince(at: time) == nil {
            flappingSince = count(at: time) >= Self.limit ? time : nil
        }
        last = max(last, time)
    }

    /// The breaker was open from one time to another.
    mutating func wasOpen(from start: Int64, to end: Int64) {
        var start = max(start, end - Self.spanMS)
        while start < end {
            let next = min(end, Window.start(of: start) + Window.slotMS)
            let length = next - start
            change(at: start) { $0.openMS = min($0.openMS + length, Window.slotMS) }
            start = next
        }
    }

    private func recent(at now: Int64) -> ArraySlice<Slot> {
        slots.drop { $0.start + Window.slotMS <= now - Self.spanMS }
    }

    private mutating func change(at time: Int64, _ body: (inout Slot) -> Void) {
        let start = Window.start(of: time)
        let index = slots.lastIndex { $0.start <= start }
        if let index, slots[index].start == start {
            body(&slots[index])
        } else {
            var slot = Slot(start: start)
            body(&slot)
            slots.insert(slot, at: index.map { $0 + 1 } ?? 0)
        }
        guard let latest = slots.last?.start else { return }
        slots.removeAll { $0.start <= latest - Self.spanMS }
    }
}

extension Openings {
    /// As a keyframe told of it at a time.
    init(_ reading: OpeningsReading, at time: Int64) {
        last = time - reading.lastMS
        flappingSince = reading.flappingMS.map { time - $0 }
        slots = reading.slots.map {
            Slot(start: time - $0.agoMS, count: $0.count, openMS: $0.openMS)
        }
    }

    /// As a keyframe tells of it at a time.
    func reading(at time: Int64) -> OpeningsReading {
        OpeningsReading(
            lastMS: max(0, time - last), flappingMS: flappingSince.map { max(0, time - $0) },
            slots: slots.map {
                OpeningsReading.Slot(
                    agoMS: max(0, time - $0.start), count: $0.count, openMS: $0.openMS)
            })
    }
}

import ResilienceWire

/// The openings of a breaker in the last five minutes, from which flapping is detected.
///
/// A breaker is flapping from its third opening within five minutes until five minutes have passed
/// without an opening. Only openings of a closed breaker by its own rule count. A failed probe
/// belongs to the opening before it. Openings by an operator or by the agent's own code do not
/// count.
public struct Openings: Equatable, Sendable {
    private struct Slot: Equatable {
        let start: Int64
        var count = 0
        var openMS: Int64 = 0
    }

    /// The time for which an opening counts, in milliseconds.
    public static let spanMS: Int64 = Window.slotMS * Int64(Window.slotCount)
    /// The number of openings within ``spanMS`` from which a breaker is flapping.
    public static let limit = 3

    /// The slots in which it opened or was open, oldest first.
    private var slots: [Slot] = []
    private var last: Int64
    private var flappingSince: Int64?

    /// Creates a record with the breaker's first opening.
    init(at time: Int64) {
        last = time
        open(at: time)
    }

    /// The start of flapping in Unix milliseconds; `nil` if the breaker is not flapping at `now`.
    public func flappingSince(at now: Int64) -> Int64? {
        now - last < Self.spanMS ? flappingSince : nil
    }

    /// The number of openings in the last five minutes.
    public func count(at now: Int64) -> Int {
        recent(at: now).reduce(0) { bounded($0, $1.count) }
    }

    /// The share of the last five minutes for which it was open, 0 to 1.
    ///
    /// - Parameter since: the time at which the breaker opened, in Unix milliseconds; `nil` if it
    ///   is not open.
    public func openShare(at now: Int64, openSince since: Int64?) -> Double {
        let past = recent(at: now).reduce(0) { bounded($0, Int($1.openMS)) }
        let present = since.map { max(0, now - max($0, now - Self.spanMS)) } ?? 0
        return min(1, Double(bounded(past, Int(present))) / Double(Self.spanMS))
    }

    /// Adds an opening.
    mutating func open(at time: Int64) {
        change(at: time) { $0.count = bounded($0.count, 1) }
        if flappingSince(at: time) == nil {
            flappingSince = count(at: time) >= Self.limit ? time : nil
        }
        last = max(last, time)
    }

    /// Adds a period for which the breaker was open.
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
    /// Restores the openings from a keyframe of the given time.
    init(_ reading: OpeningsReading, at time: Int64) {
        last = time - reading.lastMS
        flappingSince = reading.flappingMS.map { time - $0 }
        slots = reading.slots.map {
            Slot(start: time - $0.agoMS, count: $0.count, openMS: $0.openMS)
        }
    }

    /// The openings in the form that a keyframe of the given time contains.
    func reading(at time: Int64) -> OpeningsReading {
        OpeningsReading(
            lastMS: max(0, time - last), flappingMS: flappingSince.map { max(0, time - $0) },
            slots: slots.map {
                OpeningsReading.Slot(
                    agoMS: max(0, time - $0.start), count: $0.count, openMS: $0.openMS)
            })
    }
}

/// The latest calls of a breaker that trips on rates: a ring of slots and their sum, allocated
/// once. In a window of calls, a slot is one call; in a window of time, it is a tenth of the time.
struct CallWindow: Sendable {
    struct Slot: Equatable, Sendable {
        var calls: Int32 = 0
        var failed: Int32 = 0
        var slow: Int32 = 0
    }

    private static let timeSlots = 10

    /// The duration of a slot in nanoseconds; `nil` if a slot is one call.
    private let slotTime: Int64?
    private var slots: [Slot]
    private var newest = 0
    /// The time of the newest slot, in slots since the clock's start.
    private var tick: Int64 = 0
    /// The sum of all slots.
    private(set) var sum = Slot()

    init(_ window: CircuitBreakerPolicy.Rate.Window) {
        switch window {
        case .calls(let calls):
            slotTime = nil
            slots = Array(repeating: Slot(), count: calls)
        case .time(let time):
            slotTime = max(1, time.nanoseconds / Int64(Self.timeSlots))
            slots = Array(repeating: Slot(), count: Self.timeSlots)
        }
    }

    var isTimed: Bool { slotTime != nil }

    /// Adds a call that ended at `now`. A window of calls ignores the time.
    mutating func add(failed: Bool, slow: Bool, now: Instant) {
        if slotTime == nil { turn() } else { advance(to: now) }
        let call = Slot(calls: 1, failed: failed ? 1 : 0, slow: slow ? 1 : 0)
        slots[newest] += call
        sum += call
    }

    /// Drops slots that are too old. Does nothing in a window of calls, or if the time has not
    /// advanced.
    mutating func advance(to now: Instant) {
        guard let slotTime else { return }
        let next = now.nanoseconds / slotTime
        guard next > tick else { return }
        for _ in 0..<min(next - tick, Int64(slots.count)) { turn() }
        tick = next
    }

    mutating func clear() {
        for index in slots.indices { slots[index] = Slot() }
        sum = Slot()
    }

    private mutating func turn() {
        newest = newest + 1 == slots.count ? 0 : newest + 1
        sum -= slots[newest]
        slots[newest] = Slot()
    }
}

extension CallWindow.Slot {
    static func += (a: inout Self, b: Self) {
        a.calls &+= b.calls
        a.failed &+= b.failed
        a.slow &+= b.slow
    }

    static func -= (a: inout Self, b: Self) {
        a.calls &-= b.calls
        a.failed &-= b.failed
        a.slow &-= b.slow
    }
}

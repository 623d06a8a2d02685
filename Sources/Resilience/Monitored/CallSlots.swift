import Synchronization

/// When each call under way began, for as many as there are slots. A slot is claimed with one
/// exchange and freed with one store, so no call waits for another.
struct CallSlots: ~Copyable, Sendable {
    /// No call: later than any that began.
    private static let free = Int64.max
    private static let probes = 8

    private let starts = InlineArray<32, Atomic<Int64>> { _ in Atomic(free) }
    /// Where a free slot is likely: the one that was freed last.
    private let hint = Atomic<Int>(0)

    /// Takes a slot for a call that begins; `nil` where none was found soon.
    @inline(__always)
    func claim(_ start: Instant) -> Int? {
        let first = hint.load(ordering: .relaxed)
        let start = min(start.nanoseconds, Self.free - 1)
        for probe in first..<(first + Self.probes) {
            let slot = probe & 31
            let (isClaimed, _) = starts[slot].compareExchange(
                expected: Self.free, desired: start, ordering: .relaxed)
            guard isClaimed else { continue }
            if probe != first { hint.store(slot, ordering: .relaxed) }
            return slot
        }
        return nil
    }

    /// Gives a slot back when its call has ended.
    @inline(__always)
    func release(_ slot: Int) {
        starts[slot].store(Self.free, ordering: .relaxed)
        hint.store(slot, ordering: .relaxed)
    }

    /// Calls in slots, and when the oldest of them began.
    var underWay: (count: Int, oldest: Instant?) {
        var (count, oldest) = (0, Self.free)
        for slot in starts.indices {
            let start = starts[slot].load(ordering: .relaxed)
            if start != Self.free { count += 1 }
            oldest = min(oldest, start)
        }
        return (count, count == 0 ? nil : Instant(nanoseconds: oldest))
    }
}

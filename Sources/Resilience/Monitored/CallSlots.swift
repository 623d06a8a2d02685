import Synchronization

/// The start times of calls in flight, in a fixed number of slots. A slot is claimed with one
/// exchange and freed with one store, so calls never wait for each other.
struct CallSlots: ~Copyable, Sendable {
    /// The value of a free slot; later than any call's start.
    private static let free = Int64.max
    private static let probes = 8

    private let starts = InlineArray<32, Atomic<Int64>> { _ in Atomic(free) }
    /// The slot that was freed last, which is probably still free.
    private let hint = Atomic<Int>(0)

    /// Claims a slot for a new call; `nil` if none was found quickly.
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

    /// Frees the slot of a call that has ended.
    @inline(__always)
    func release(_ slot: Int) {
        starts[slot].store(Self.free, ordering: .relaxed)
        hint.store(slot, ordering: .relaxed)
    }

    /// The number of calls in slots, and the start of the oldest one.
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

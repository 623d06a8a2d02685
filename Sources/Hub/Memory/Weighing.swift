import Fleet
import ResilienceWire

/// Decides when the memory of an agent's data is counted again. Data grows in proportion to the
/// bytes that are read, except by lines that set up much at once. Times are CLOCK_MONOTONIC
/// milliseconds.
struct Weighing {
    /// The most bytes that are read between two counts.
    static let bytes = 32 * 1_024
    /// The longest time between two counts while the agent sends.
    static let intervalMS = Double(Window.slotMS)
    /// The most list entries of a delta that does not make a count due.
    static let entries = 16

    private var read = 0
    private var last: Double
    private var isDue = true

    init(at now: Double) { last = now }

    /// Records a declared strategy.
    mutating func declare() { isDue = true }

    /// Records a delta. One of more than a slot makes many slots.
    mutating func count(_ delta: Delta) {
        let entries = delta.counters.errors.count + delta.counters.messages.count
        if delta.spanMS > Window.slotMS || entries > Self.entries { isDue = true }
    }

    /// Records bytes, and returns whether a count is due now.
    mutating func take(_ bytes: Int, at now: Double) -> Bool {
        read += bytes
        guard isDue || read >= Self.bytes || now - last >= Self.intervalMS else { return false }
        (read, last, isDue) = (0, now, false)
        return true
    }
}

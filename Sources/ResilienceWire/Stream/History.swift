/// A line of the stream: the slots of a strategy's window, in columns. It follows the end of a
/// keyframe and stands for many `slot` lines.
public struct History: Equatable, Sendable {
    /// The counters of one slot.
    public struct Slot: Equatable, Sendable {
        /// The slot begins this many slot lengths after ``History/from``, 0 to 59.
        public var offset: Int
        /// What was counted in the slot. Retry numbers and error types with a count of 0 are not
        /// sent.
        public var counters: Counters

        /// A slot.
        public init(offset: Int, counters: Counters) {
            self.offset = offset
            self.counters = counters
        }
    }

    /// The length of a slot in milliseconds.
    @inlinable
    public static var slotMS: Int64 { 5_000 }
    /// The maximum number of slots.
    @inlinable
    public static var slotLimit: Int { 60 }

    /// The strategy's name.
    public var strategy: String
    /// When the slot with offset 0 begins, in Unix milliseconds.
    public var from: Int64
    /// The slots with data, 1 to 60, by ascending offset.
    public var slots: [Slot]

    /// The history of a strategy.
    public init(strategy: String, from: Int64, slots: [Slot]) {
        self.strategy = strategy
        self.from = from
        self.slots = slots
    }
}

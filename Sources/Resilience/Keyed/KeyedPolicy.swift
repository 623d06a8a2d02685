/// How many strategies a ``Keyed`` keeps.
public struct KeyedPolicy: Equatable, Sendable {
    /// Strategies kept; of more, the least recently used idle one goes. 1 to 1,000,000.
    public let capacity: Int
    /// Strategies kept where none of them is idle; of more, the least recently used one goes though
    /// it is busy. `capacity` to 1,000,000.
    public let hardCapacity: Int

    /// 1,000 strategies, and 10,000 where they are busy.
    public static let standard = literal(try KeyedPolicy())

    /// A policy of one's own.
    ///
    /// - Parameter hardCapacity: ten times `capacity` and at most 1,000,000 unless given.
    /// - Throws: ``PolicyError`` where a value is outside its bounds.
    public init(capacity: Int = 1_000, hardCapacity: Int? = nil) throws(PolicyError) {
        try PolicyError.require(
            (1...1_000_000).contains(capacity), "KeyedPolicy.capacity", "1 to 1000000",
            got: capacity)
        let hardCapacity = hardCapacity ?? min(capacity * 10, 1_000_000)
        try PolicyError.require(
            (capacity...1_000_000).contains(hardCapacity), "KeyedPolicy.hardCapacity",
            "at least capacity and at most 1000000", got: hardCapacity)
        self.capacity = capacity
        self.hardCapacity = hardCapacity
    }
}

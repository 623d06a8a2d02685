/// The number of strategies that a ``Keyed`` keeps.
public struct KeyedPolicy: Equatable, Sendable {
    /// The number of strategies; 1 to 1,000,000. Beyond it, the least recently used idle one is
    /// evicted.
    public let capacity: Int
    /// The number of strategies if none is idle; `capacity` to 1,000,000. Beyond it, the least
    /// recently used one is evicted although it is busy.
    public let hardCapacity: Int

    /// 1,000 strategies, and up to 10,000 if they are busy.
    public static let standard = literal(try KeyedPolicy())

    /// Creates a policy.
    ///
    /// - Parameter hardCapacity: by default ten times `capacity`, at most 1,000,000.
    /// - Throws: ``PolicyError`` if a value is outside its bounds.
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

/// Records when each error type of a strategy was first scraped. Each type is its own series, and a
/// new series starts when a call fails with a new type.
struct ErrorTypeBook {
    /// The time of the first scrape in Unix milliseconds, by the strategy's labels and the hash of
    /// the type. The texts would keep much memory of agents that are gone.
    private var births: [[UInt8]: [Int: Int64]] = [:]

    /// Records the types of a strategy and returns those to serve as 0.
    ///
    /// - Parameters:
    ///   - labels: the labels of the strategy's series.
    ///   - types: the strategy's present error types.
    ///   - time: when the scrape happens, in Unix milliseconds.
    ///   - shownBefore: series that began before this time are served with their counts.
    mutating func new(
        _ labels: [UInt8], _ types: [String], at time: Int64, shownBefore: Int64
    ) -> Set<String> {
        // Types that appear together with the strategy are as old as its other series.
        guard var known = births[labels] else {
            births[labels] = Dictionary(
                types.map { ($0.hashValue, .min) }, uniquingKeysWith: min)
            return []
        }
        for type in types where known[type.hashValue] == nil {
            known[type.hashValue] = time - 1
        }
        births[labels] = known
        return Set(types.filter { known[$0.hashValue].map { $0 >= shownBefore } ?? false })
    }

    /// Removes strategies that are no longer served.
    mutating func keep(_ served: Set<[UInt8]>) {
        guard births.count > served.count else { return }
        births = births.filter { served.contains($0.key) }
    }
}

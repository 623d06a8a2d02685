/// When each error type of a strategy was scraped first: it is a series of its own, which is new when a call
/// fails as none has failed before.
struct ErrorTypeBook {
    /// By the labels of the strategy's series; Unix milliseconds.
    private var births: [[UInt8]: [String: Int64]] = [:]

    /// The types of a strategy that are served as 0.
    ///
    /// - Parameters:
    ///   - labels: of the strategy's series.
    ///   - types: that it has now.
    ///   - time: of the scrape.
    ///   - shownBefore: series that began before this are served with their counts.
    mutating func new(
        _ labels: [UInt8], _ types: [String], at time: Int64, shownBefore: Int64
    ) -> Set<String> {
        // A type that came with the strategy is as new as the strategy.
        guard var known = births[labels] else {
            births[labels] = Dictionary(types.map { ($0, .min) }, uniquingKeysWith: min)
            return []
        }
        for type in types where known[type] == nil { known[type] = time - 1 }
        births[labels] = known
        return Set(types.filter { known[$0].map { $0 >= shownBefore } ?? false })
    }

    /// Forgets strategies that are not served any more.
    mutating func keep(_ served: Set<[UInt8]>) {
        guard births.count > served.count else { return }
        births = births.filter { served.contains($0.key) }
    }
}

package import Fleet
package import ResilienceWire

/// Decides which counters a scrape shows, so that `increase()` and `rate()` miss no call.
/// Prometheus takes the first sample of a series as its start, whatever its value.
///
/// A new series is served as 0 until each scraper has read it twice. If an instance ends before
/// that, its counters are added to a lasting series of its agent and strategy without an instance.
/// Times are Unix milliseconds of the hub's clock.
package struct SeriesBook: Sendable {
    /// A series of counters without an instance.
    struct Sum {
        let agent: String
        let strategy: String
        var record: StrategyRecord
        fileprivate let born: Int64
    }

    private struct Name: Hashable {
        let agent: String
        let strategy: String
    }

    private struct Scraper {
        var last: Int64
        var secondLast: Int64?
    }

    /// The most series without an instance. Further counters go to one series named `other`.
    static let sumLimit = 1_000
    /// The most scrapers that are tracked.
    private static let scraperLimit = 64
    /// The number of intervals without a scrape after which a scraper is forgotten.
    private static let patience: Int64 = 4
    /// The number of ended instances from which those that the fleet has forgotten are removed.
    private static let endedLimit = 2 * Fleet.goneLimit
    private static let other = Name(agent: "other", strategy: "other")

    /// The longest expected interval between scrapes, in milliseconds. A scraper's own interval
    /// replaces it if it is longer.
    private let intervalMS: Int64
    /// When each series began, by instance and strategy.
    private var births: [InstanceID: [String: Int64]] = [:]
    /// Counters of instances that ended before their series were shown. Kept until the fleet
    /// forgets the instance.
    private var ended: [InstanceID: [StrategyRecord]] = [:]
    private var sums: [Name: Sum] = [:]
    private var scrapers: [String: Scraper] = [:]
    /// Series that began before this time are shown with their counts; `nil` before the first
    /// scrape.
    private(set) var shownBefore: Int64?

    /// Creates an empty book.
    ///
    /// - Parameter intervalMS: the longest expected interval between scrapes, in milliseconds.
    package init(intervalMS: Int64) {
        self.intervalMS = intervalMS
    }

    /// Records that a strategy's series begins now, unless it has begun before.
    package mutating func declare(_ strategy: String, of id: InstanceID, at now: Int64) {
        if births[id]?[strategy] == nil { births[id, default: [:]][strategy] = now }
    }

    /// Records that an instance is gone. Counters that were not shown yet go to the series without
    /// an instance, even if the instance returns.
    package mutating func end(_ agent: AgentRecord, at now: Int64, _ fleet: Fleet) {
        if ended.count > Self.endedLimit { compact(fleet) }
        let unseen = agent.strategies.values.filter { showing($0.name, of: agent.id) != .counted }
        guard !unseen.isEmpty else { return }
        ended[agent.id] = unseen.map(\.counts)
        for record in unseen {
            let name = name(agent.id.agent, record.name)
            if sums[name] == nil {
                sums[name] = Sum(
                    agent: name.agent, strategy: name.strategy, record: record.counts.uncounted,
                    born: now)
            }
        }
    }

    /// Moves the counters of ended instances that the fleet has forgotten to the series without an
    /// instance.
    package mutating func forget(notIn fleet: Fleet) {
        for id in ended.keys where fleet.agents[id] == nil { forget(id) }
    }

    /// Moves the counters of an instance that ended to the series without an instance, because the
    /// fleet forgets them.
    package mutating func forget(_ id: InstanceID) {
        for record in ended.removeValue(forKey: id) ?? [] {
            sums[name(id.agent, record.name)]?.record.fold(record)
        }
        births[id] = nil
    }

    /// Records a scrape that reads the state of a time. Series that all scrapers have read twice
    /// are shown with their counts from now on.
    package mutating func scrape(by scraper: String, at now: Int64, _ fleet: Fleet) {
        compact(fleet)
        scrapers = scrapers.filter { _, known in
            let interval = known.secondLast.map { known.last - $0 } ?? 0
            return now - known.last <= Self.patience * max(intervalMS, interval)
        }
        // No scraper has read anything yet, so series older than two intervals start with their
        // counts.
        if scrapers.isEmpty { shownBefore = max(shownBefore ?? .min, now - 2 * intervalMS) }
        // A scraper that has read only once has no earlier sample to compare with.
        if let seen = scrapers.values.compactMap(\.secondLast).min() {
            shownBefore = max(shownBefore ?? seen, seen)
        }
        guard let known = scrapers[scraper] else {
            if scrapers.count < Self.scraperLimit { scrapers[scraper] = Scraper(last: now) }
            return
        }
        // A scrape of the same snapshot is not a new reading.
        if now > known.last { scrapers[scraper] = Scraper(last: now, secondLast: known.last) }
    }

    /// How the counters of an instance's strategy are shown.
    func showing(_ strategy: String, of id: InstanceID) -> Showing {
        if ended[id]?.contains(where: { $0.name == strategy }) == true { return .inSum }
        return isShown(strategy, of: id) ? .counted : .zero
    }

    /// The ways to show the counters of an instance.
    enum Showing: Equatable {
        case counted
        /// As 0, because the series is new.
        case zero
        /// In the series without an instance.
        case inSum
    }

    /// The series without an instance, as they are shown in a scrape.
    func shownSums(_ fleet: Fleet) -> [Sum] {
        var all = sums
        for (id, records) in ended {
            for record in records {
                let present = fleet.agents[id]?.strategies[record.name] ?? record
                all[name(id.agent, record.name)]?.record.fold(present)
            }
        }
        return all.sorted { ($0.key.agent, $0.key.strategy) < ($1.key.agent, $1.key.strategy) }
            .map { _, sum in
                var sum = sum
                if !isOld(sum.born) { sum.record = sum.record.uncounted }
                return sum
            }
    }

    /// Moves the counters of instances that the fleet has forgotten to their sums.
    private mutating func compact(_ fleet: Fleet) {
        forget(notIn: fleet)
        births = births.filter { fleet.agents[$0.key] != nil }
    }

    private func isShown(_ strategy: String, of id: InstanceID) -> Bool {
        births[id]?[strategy].map(isOld) ?? true
    }

    private func isOld(_ birth: Int64) -> Bool {
        shownBefore.map { birth < $0 } ?? false
    }

    /// The name of the series without an instance for a strategy.
    private func name(_ agent: String, _ strategy: String) -> Name {
        let name = Name(agent: agent, strategy: strategy)
        return sums[name] != nil || sums.count < Self.sumLimit ? name : Self.other
    }
}

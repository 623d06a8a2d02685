import Fleet
import ResilienceWire

/// Which counters a scrape shows, so that `increase()` and `rate()` miss nothing: Prometheus takes the
/// first sample of a series for its beginning, whatever it says.
///
/// A new series is served as 0 until each scraper has read it twice. The counters of an instance that ends
/// before that are added to a series of its agent and strategy without an instance, which lasts. Times are
/// Unix milliseconds of the hub.
struct SeriesBook {
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

    /// The most series without an instance; what is beyond is counted in one of the name `other`.
    static let sumLimit = 1_000
    /// The most scrapers that are told apart.
    private static let scraperLimit = 64
    /// So many intervals without a scrape, and a scraper is not waited for any more.
    private static let patience: Int64 = 4
    /// With so many that the fleet may have forgotten, they are looked through.
    private static let endedLimit = 2 * Fleet.goneLimit
    private static let other = Name(agent: "other", strategy: "other")

    /// How far apart scrapes are at most, in milliseconds, unless a scraper shows otherwise.
    private let intervalMS: Int64
    /// When each series of an instance began.
    private var births: [InstanceID: [String: Int64]] = [:]
    /// What instances counted that ended before they were shown, until the fleet has forgotten them.
    private var ended: [InstanceID: [StrategyRecord]] = [:]
    private var sums: [Name: Sum] = [:]
    private var scrapers: [String: Scraper] = [:]
    /// Series that began before this are shown with their counts; `nil` before the first scrape.
    private(set) var shownBefore: Int64?

    /// - Parameter intervalMS: how far apart scrapes are at most, in milliseconds.
    init(intervalMS: Int64) {
        self.intervalMS = intervalMS
    }

    /// A strategy is known from now on.
    mutating func declare(_ strategy: String, of id: InstanceID, at now: Int64) {
        if births[id]?[strategy] == nil { births[id, default: [:]][strategy] = now }
    }

    /// An instance is gone. What of it was not shown yet goes on without it, though it come back.
    mutating func end(_ agent: AgentRecord, at now: Int64, _ fleet: Fleet) {
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

    /// Somebody scrapes, and reads what was at a time. Series that all scrapers have read twice are shown from now on.
    mutating func scrape(by scraper: String, at now: Int64, _ fleet: Fleet) {
        compact(fleet)
        scrapers = scrapers.filter { _, known in
            let interval = known.secondLast.map { known.last - $0 } ?? 0
            return now - known.last <= Self.patience * max(intervalMS, interval)
        }
        // Nobody has read anything: what has been there for a while is where it begins.
        if scrapers.isEmpty { shownBefore = max(shownBefore ?? .min, now - 2 * intervalMS) }
        // One that has read once has nothing yet that it could compare with.
        if let seen = scrapers.values.compactMap(\.secondLast).min() {
            shownBefore = max(shownBefore ?? seen, seen)
        }
        guard let known = scrapers[scraper] else {
            if scrapers.count < Self.scraperLimit { scrapers[scraper] = Scraper(last: now) }
            return
        }
        // What it has read already it does not read again.
        if now > known.last { scrapers[scraper] = Scraper(last: now, secondLast: known.last) }
    }

    /// Whether the counters of an instance are shown in a series of its own, and as what.
    func showing(_ strategy: String, of id: InstanceID) -> Showing {
        if ended[id]?.contains(where: { $0.name == strategy }) == true { return .inSum }
        return isShown(strategy, of: id) ? .counted : .zero
    }

    /// How the counters of an instance are shown.
    enum Showing: Equatable {
        case counted
        /// As 0: the series is new.
        case zero
        /// In the series without an instance.
        case inSum
    }

    /// The series without an instance, as they are shown.
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

    /// Adds up what instances counted that nobody knows any more.
    private mutating func compact(_ fleet: Fleet) {
        for (id, records) in ended where fleet.agents[id] == nil {
            for record in records { sums[name(id.agent, record.name)]?.record.fold(record) }
            ended[id] = nil
        }
        births = births.filter { fleet.agents[$0.key] != nil }
    }

    private func isShown(_ strategy: String, of id: InstanceID) -> Bool {
        births[id]?[strategy].map(isOld) ?? true
    }

    private func isOld(_ birth: Int64) -> Bool {
        shownBefore.map { birth < $0 } ?? false
    }

    /// The series without an instance that a strategy's counters go to.
    private func name(_ agent: String, _ strategy: String) -> Name {
        let name = Name(agent: agent, strategy: strategy)
        return sums[name] != nil || sums.count < Self.sumLimit ? name : Self.other
    }
}

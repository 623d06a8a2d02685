import Fleet
import ResilienceWire
import TestSupport
import Testing

@testable import HubMetrics

/// The last sample minus the first of every series must be the number of counted calls.
@Suite struct SeriesBookTests {
    private struct Scene {
        var fleet = Fleet()
        var series = SeriesBook(intervalMS: 15_000)
        var at: Int64 = 1_790_000_000_000
        /// The samples that each scraper has read, by scraper and series.
        var read: [String: [Int]] = [:]
        private var count = 0
        private var types = ErrorTypeBook()

        func id(_ number: Int, _ agent: String = "job") -> InstanceID {
            InstanceID(agent: agent, instance: InstanceDigits(UInt128(number)))
        }

        mutating func begin(_ id: InstanceID) {
            fleet.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: at)
            fleet.apply(
                .strategy(StrategyDeclaration(strategy: "cron", kind: "retry")), from: id, at: at)
            series.declare("cron", of: id, at: at)
        }

        mutating func call(_ id: InstanceID, _ calls: Int, error: String? = nil) {
            count += 1
            var counters = Counters()
            counters.ok = calls
            if let error { counters.errors = [ErrorCount(type: error, count: calls)] }
            fleet.apply(
                .delta(Delta(strategy: "cron", sequence: count, spanMS: 500, counters: counters)),
                from: id, at: at)
        }

        mutating func end(_ id: InstanceID) {
            if let record = fleet.agents[id] { series.end(record, at: at, fleet) }
            fleet.apply(.agentGone(why: "said bye"), from: id, at: at)
        }

        mutating func scrape(by scraper: String = "prometheus") {
            series.scrape(by: scraper, at: at, fleet)
            var text = MetricsText(
                MetricsSnapshot(
                    fleet: fleet, at: at, series: series, hub: HubCounts(), rules: [], watchers: 0,
                    startedAt: at, version: ""), &types)
            var bytes: [UInt8] = []
            while let slice = text.next() { bytes += slice }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            where line.hasPrefix("fusebox_calls_total") && line.contains(#"outcome="ok""#)
                || line.hasPrefix("fusebox_errors_total")
            {
                let parts = line.split(separator: " ")
                read["\(scraper) \(parts[0])", default: []].append(Int(parts[1]) ?? -1)
            }
        }

        /// The result of `increase()` without its extrapolation.
        func increase(
            _ scraper: String = "prometheus", of metric: String = "fusebox_calls_total"
        ) -> Int {
            read.filter { $0.key.hasPrefix("\(scraper) \(metric)") }
                .reduce(0) { $0 + ($1.value.last ?? 0) - ($1.value.first ?? 0) }
        }
    }

    @Test func jobsShorterThanAScrapeAreCounted() {
        var scene = Scene()
        scene.scrape()
        for number in 0..<1_500 {
            scene.at += 400
            scene.begin(scene.id(number))
            scene.call(scene.id(number), 5)
            scene.at += 100
            scene.end(scene.id(number))
            if number % 30 == 29 { scene.scrape() }
        }
        for _ in 0..<3 {
            scene.at += 15_000
            scene.scrape()
        }
        #expect(scene.increase() == 7_500)
        // All jobs share one series.
        #expect(scene.read.keys.count { $0.contains(#"agent_instance="""#) } == 1)
        for samples in scene.read.values { #expect(samples == samples.sorted()) }
    }

    @Test func everyScraperReadsANewSeriesTwiceAsZero() {
        var scene = Scene()
        for _ in 0..<4 {
            scene.at += 1_000
            scene.scrape(by: "a")
            scene.scrape(by: "b")
        }
        scene.begin(scene.id(1))
        scene.call(scene.id(1), 7)
        for _ in 0..<4 {
            scene.at += 1_000
            scene.scrape(by: "a")
        }
        #expect(scene.read.filter { $0.key.hasPrefix("a ") }.values.first == [0, 0, 0, 0])
        for _ in 0..<3 {
            scene.at += 1_000
            scene.scrape(by: "b")
        }
        #expect(scene.read.filter { $0.key.hasPrefix("b ") }.values.first == [0, 0, 7])
        scene.at += 1_000
        scene.scrape(by: "a")
        #expect(scene.increase("a") == 7 && scene.increase("b") == 7)
    }

    /// Calls from before the first scrape did not happen at the time of the scrape.
    @Test func firstScrapeReadsExistingSeriesWithTheirCounts() {
        var scene = Scene()
        scene.begin(scene.id(1))
        scene.call(scene.id(1), 1_000_000)
        scene.at += 60_000
        for _ in 0..<5 {
            scene.at += 15_000
            scene.scrape()
        }
        #expect(scene.increase() == 0)
        #expect(scene.read.values.first == [1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000])
    }

    @Test func shownInstanceKeepsItsOwnSeries() {
        var scene = Scene()
        scene.scrape()
        scene.begin(scene.id(1))
        for _ in 0..<4 {
            scene.at += 15_000
            scene.call(scene.id(1), 10)
            scene.scrape()
        }
        scene.call(scene.id(1), 3)
        scene.end(scene.id(1))
        scene.at += 15_000
        scene.scrape()
        #expect(scene.increase() == 43)
        #expect(!scene.read.keys.contains { $0.contains(#"agent_instance="""#) })
    }

    @Test func returningInstanceIsCountedOnce() {
        var scene = Scene()
        scene.scrape()
        scene.begin(scene.id(1))
        scene.call(scene.id(1), 4)
        scene.end(scene.id(1))
        scene.at += 1_000
        scene.begin(scene.id(1))
        scene.call(scene.id(1), 6)
        for _ in 0..<4 {
            scene.at += 15_000
            scene.scrape()
        }
        scene.end(scene.id(1))
        scene.at += 15_000
        scene.scrape()
        #expect(scene.increase() == 10)
    }

    @Test func instanceWhoseRecordWasDroppedIsCountedOnce() {
        var scene = Scene()
        scene.scrape()
        for calls in [4, 6] {
            scene.begin(scene.id(1))
            scene.call(scene.id(1), calls)
            scene.end(scene.id(1))
            scene.fleet.forgetStrategies(of: scene.id(1))
            scene.series.forget(scene.id(1))
            scene.at += 1_000
        }
        for _ in 0..<4 {
            scene.at += 15_000
            scene.scrape()
        }
        #expect(scene.increase() == 10)
    }

    /// Each error type is its own series.
    @Test func firstErrorOfATypeIsCounted() {
        var scene = Scene()
        scene.begin(scene.id(1))
        scene.call(scene.id(1), 7, error: "Old")
        scene.at += 60_000
        for _ in 0..<4 {
            scene.at += 15_000
            scene.scrape()
        }
        scene.call(scene.id(1), 5, error: "TimeoutError")
        for _ in 0..<4 {
            scene.at += 15_000
            scene.scrape()
        }
        scene.begin(scene.id(2))
        scene.call(scene.id(2), 3, error: "ConnectionError")
        scene.end(scene.id(2))
        for _ in 0..<4 {
            scene.at += 15_000
            scene.scrape()
        }
        #expect(scene.increase(of: "fusebox_errors_total") == 8)
    }

    @Test func seriesWithoutAnInstanceAreBoundedInNumber() {
        var scene = Scene()
        scene.scrape()
        for number in 0..<3_000 {
            scene.at += 10
            let id = scene.id(number, "job\(number)")
            scene.begin(id)
            scene.call(id, 1)
            scene.end(id)
        }
        for _ in 0..<4 {
            scene.at += 15_000
            scene.scrape()
        }
        let sums = scene.series.shownSums(scene.fleet)
        #expect(sums.count == SeriesBook.sumLimit + 1)
        #expect(sums.reduce(0) { $0 + $1.record.total.ok } == 3_000)
    }
}

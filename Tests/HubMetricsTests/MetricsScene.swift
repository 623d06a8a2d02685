import Fleet
import ResilienceWire
import TestSupport

@testable import HubMetrics

/// A fleet for metrics tests.
struct MetricsScene {
    static let now: Int64 = 1_790_000_000_000
    static let planner = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))

    var fleet = Fleet()
    /// A series book in which all series were scraped often.
    var series: SeriesBook = {
        var series = SeriesBook(intervalMS: 15_000)
        series.scrape(by: "prometheus", at: now + 60_000, Fleet())
        return series
    }()

    mutating func connect(_ id: InstanceID = planner) {
        fleet.apply(
            .agentUp(AgentUp(pid: 42, client: "raw/1", intervalMS: 500)), from: id, at: Self.now)
    }

    mutating func declare(
        _ name: String, kind: String = "breaker", target: String? = nil, breaker: Bool = true,
        limits: [LimitReading] = [], of id: InstanceID = planner
    ) {
        let declaration = StrategyDeclaration(
            strategy: name, kind: kind, target: target,
            breaker: breaker ? BreakerReading(state: .open, version: 7) : nil, limits: limits)
        fleet.apply(.strategy(declaration), from: id, at: Self.now)
    }

    mutating func count(_ name: String, _ counters: Counters, of id: InstanceID = planner) {
        let delta = Delta(strategy: name, sequence: 1, spanMS: 500, counters: counters)
        fleet.apply(.delta(delta), from: id, at: Self.now)
    }

    var text: MetricsText {
        var types = ErrorTypeBook()
        return MetricsText(
            MetricsSnapshot(
                fleet: fleet, at: Self.now, series: series, hub: HubCounts(),
                rules: ["breaker_open"],
                watchers: 1, startedAt: Self.now, version: "0.1.0"), &types)
    }

    /// All lines of the text.
    var lines: [String] {
        var text = text
        var bytes: [UInt8] = []
        while let slice = text.next() { bytes += slice }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The samples of a metric, without its name.
    func samples(_ name: String) -> [String] {
        lines.filter { $0.hasPrefix(name) && !$0.hasPrefix("#") }
            .map { String($0.dropFirst(name.count)) }
    }
}

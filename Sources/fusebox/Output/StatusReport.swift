import DashboardApp
import Fleet
import Foundation
import ResilienceWire

/// The JSON object that `status --json` prints. It is made one agent at a time, because there may be a
/// hundred thousand strategies.
struct StatusReport {
    private let fleet: Fleet
    private let now: Int64

    /// - Parameter now: the time of the hub; `nil` for the time of the latest line.
    init(_ fleet: Fleet, at now: Int64? = nil) {
        self.fleet = fleet
        self.now = now ?? fleet.at
    }

    /// Passes on the text of the object, without a newline, in pieces of at least one agent.
    func forEachPiece(_ body: (String) throws -> Void) throws {
        var start = #"{"agents":["#
        for agent in fleet.agents.values.sorted(by: { $0.id < $1.id }) {
            try body(start + JSONText.line(Agent(agent, at: now)))
            start = ","
        }
        let end = End(at: now, hub: ProcessInfo.processInfo.hostName)
        try body((start == "," ? "" : start) + "]," + JSONText.line(end).dropFirst())
    }

    /// The fields after the agents.
    private struct End: Encodable {
        let v = 1
        let at: Int64
        let hub: String
    }

    struct Agent: Encodable {
        let agent: String
        let instance: String
        let pid: Int
        let state: String
        let lost: Int
        let strategies: [Strategy]
    }

    struct Strategy: Encodable {
        let s: String
        let kind: String
        let target: String?
        let breaker: Breaker?
        let limits: [Limit]
        let facets: [String: [String: FacetValues.Number]]
        let total: Totals
        let last_1m: Totals

        enum CodingKeys: String, CodingKey {
            case s, kind, target, breaker, limits, total, last_1m
        }

        /// Encodes each facet under its own name, beside the other fields.
        func encode(to encoder: any Encoder) throws {
            try facets.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(s, forKey: .s)
            try container.encode(kind, forKey: .kind)
            try container.encodeIfPresent(target, forKey: .target)
            try container.encodeIfPresent(breaker, forKey: .breaker)
            try container.encode(limits, forKey: .limits)
            try container.encode(total, forKey: .total)
            try container.encode(last_1m, forKey: .last_1m)
        }
    }

    struct Breaker: Encodable {
        let state: String
        let version: Int
        let why: String
        let by: String
        let since_ms: Int64
        let probe_in_ms: Int64?
        let flapping: Flapping?
    }

    struct Flapping: Encodable {
        let openings: Int
        let open_share: Double
        let since_ms: Int64
    }

    struct Limit: Encodable {
        let name: String
        let value: Double
        let min: Double?
        let max: Double?
        let unit: String?
        let by: String
        let pinned: Bool
    }

    struct Totals: Encodable {
        let counters: Counters

        enum CodingKeys: String, CodingKey {
            case ok, failed, rejected, cancelled, attempts, retries, errors, success_rate
            case served_rate, p50_us, p95_us, p99_us
        }

        /// Encodes unknown values as `null` instead of leaving them out.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(counters.ok, forKey: .ok)
            try container.encode(counters.failed, forKey: .failed)
            try container.encode(counters.rejected, forKey: .rejected)
            try container.encode(counters.cancelled, forKey: .cancelled)
            try container.encode(counters.attempts, forKey: .attempts)
            try container.encode(
                Dictionary(
                    counters.retries.map { ("\($0.retries)", $0.calls) }, uniquingKeysWith: +),
                forKey: .retries)
            // Types of other bytes can be equal texts.
            try container.encode(
                Dictionary(counters.errors.map { ($0.type, $0.count) }, uniquingKeysWith: +),
                forKey: .errors)
            try container.encode(counters.successRate, forKey: .success_rate)
            try container.encode(counters.servedRate, forKey: .served_rate)
            try container.encode(counters.percentile(0.5)?.rounded(), forKey: .p50_us)
            try container.encode(counters.percentile(0.95)?.rounded(), forKey: .p95_us)
            try container.encode(counters.percentile(0.99)?.rounded(), forKey: .p99_us)
        }
    }
}

extension StatusReport.Agent {
    init(_ record: AgentRecord, at: Int64) {
        agent = record.id.agent
        instance = record.id.instance.description
        pid = record.pid
        state = record.state.rawValue
        lost = record.lost
        strategies = record.strategies.values.sorted { $0.name < $1.name }
            .map { StatusReport.Strategy($0, at: at) }
    }
}

extension StatusReport.Strategy {
    init(_ record: StrategyRecord, at: Int64) {
        s = record.name
        kind = record.kind
        target = record.target
        let flapping = record.flappingSince(at: at).map {
            StatusReport.Flapping(
                openings: record.openings?.count(at: at) ?? 0, open_share: record.openShare(at: at),
                since_ms: max(0, at - $0))
        }
        breaker = record.breaker.map {
            StatusReport.Breaker(
                state: $0.state.rawValue, version: $0.version, why: $0.why, by: $0.by.rawValue,
                since_ms: max(0, at - $0.since), probe_in_ms: $0.probeAt.map { max(0, $0 - at) },
                flapping: flapping)
        }
        limits = record.limits.map {
            StatusReport.Limit(
                name: $0.name, value: $0.value, min: $0.min, max: $0.max, unit: $0.unit,
                by: $0.by.rawValue, pinned: $0.pinned)
        }
        let counters = record.total
        facets = FacetValues.of(counters.facets)
        total = StatusReport.Totals(counters: counters)
        last_1m = StatusReport.Totals(counters: record.window.total(last: 60_000, at: at))
    }
}

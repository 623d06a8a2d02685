import Fleet
import Foundation
import ResilienceWire

/// The table that `status` prints: one line for each strategy of each instance.
enum StatusTable {
    static func text(_ fleet: Fleet) -> String {
        let header = [
            "AGENT", "STRATEGY", "STATE", "SERVED", "OK", "FAILED", "REJ", "TRIES", "P95", "WHY",
        ]
        var rows: [[String]] = []
        for agent in fleet.agents.values.sorted(by: { $0.id < $1.id }) {
            let name =
                fleet.name(of: agent.id)
                + (agent.state == .up ? "" : " (\(agent.state.rawValue))")
            if agent.strategies.isEmpty { rows.append([name, "-"]) }
            for strategy in agent.strategies.values.sorted(by: { $0.name < $1.name }) {
                rows.append([name] + cells(strategy, at: fleet.at))
            }
        }
        return rows.isEmpty ? "no agents are connected" : TextTable.text(header: header, rows)
    }

    private static func cells(_ strategy: StrategyRecord, at: Int64) -> [String] {
        let last = strategy.window.total(last: 60_000, at: at)
        let top = last.errorShares.first
        let why = strategy.breaker?.why ?? ""
        let isClosed = strategy.breaker?.state ?? .closed == .closed
        return [
            strategy.name, Format.state(strategy.breaker, at: at), Format.served(last),
            "\(last.ok)", "\(last.failed)", "\(last.rejected)",
            last.amplification.map { String(format: "%.1fx", $0) } ?? "-",
            last.percentile(0.95).map(Format.latency) ?? "-",
            isClosed ? top.map { "\($0.type) \(Int($0.share * 100))%" } ?? "-" : why,
        ]
    }
}

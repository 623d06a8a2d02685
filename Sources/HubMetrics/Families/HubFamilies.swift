import Fleet
import ResilienceWire

// Metrics of the hub itself and of all agents together.

extension MetricFamily {
    static let ofTheHub: [MetricFamily] = [
        .hub("fusebox_build_info", .gauge, "The hub's version; always 1.") { snapshot, samples in
            samples.add(1, [("version", snapshot.version)])
        },
        .hub("fusebox_hub_start_time_seconds", .gauge, "When the hub started, in Unix seconds.") {
            $1.add(Double($0.startedAt) / 1_000)
        },
        .hub("fusebox_hub_lines_received_total", .counter, "Lines that agents sent.") {
            $1.add($0.hub.lines)
        },
        .hub("fusebox_hub_received_bytes_total", .counter, "Bytes that agents sent.") {
            $1.add($0.hub.bytes)
        },
        .hub(
            "fusebox_hub_agents_dismissed_total", .counter,
            "Agents disconnected because of what they sent, by the code of the refusal."
        ) { snapshot, samples in
            for (code, count) in snapshot.hub.dismissals.sorted(by: { $0.key < $1.key }) {
                samples.add(count, [("code", code)])
            }
        },
        .hub("fusebox_hub_watchers", .gauge, "Connected viewers and operators.") {
            $1.add($0.watchers)
        },
        .hub(
            "fusebox_hub_watcher_resyncs_total", .counter,
            "Times that a viewer was too slow and got the whole state instead of lines."
        ) { $1.add($0.hub.resyncs) },
        .hub(
            "fusebox_agents", .gauge,
            "Instances of agents by state; gone ones are kept for 10 minutes, 200 at most."
        ) { snapshot, samples in
            for state in AgentState.allCases {
                let count = snapshot.fleet.agents.values.count { $0.state == state }
                samples.add(count, [("state", state.rawValue)])
            }
        },
        .hub("fusebox_alerts", .gauge, "Alerts by rule that fire, and those that a silence covers.")
        {
            snapshot, samples in
            let alerts = snapshot.fleet.alerts.map(\.alert)
            for rule in Set(snapshot.rules + alerts.map(\.rule)).sorted() {
                let own = alerts.filter { $0.rule == rule }
                let silenced = own.count { $0.silence != nil }
                samples.add(own.count - silenced, [("rule", rule), ("state", "firing")])
                samples.add(silenced, [("rule", rule), ("state", "silenced")])
            }
        },
        .hub(
            "fusebox_standing_orders", .gauge,
            "Operators' orders in force: forced open, disabled, pinned limits."
        ) { $1.add($0.fleet.standing.count(where: \.holds)) },
    ]
}

import Fleet
import ResilienceWire

// What the hub tells of itself and of all agents together.

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
            "Agents that were disconnected for what they sent, by the code of the refusal."
        ) { snapshot, samples in
            for (code, count) in snapshot.hub.dismissals.sorted(by: { $0.key < $1.key }) {
                samples.add(count, [("code", code)])
            }
        },
        .hub("fusebox_hub_watchers", .gauge, "Viewers and operators that are connected.") {
            $1.add($0.watchers)
        },
        .hub(
            "fusebox_hub_watcher_resyncs_total", .counter,
            "Times that a viewer did not keep up: lines were dropped for it, the whole state sent."
        ) { $1.add($0.hub.resyncs) },
        .hub(
            "fusebox_agents", .gauge,
            "Instances of agents by state; those gone are kept for 10 minutes, 200 at most."
        ) { snapshot, samples in
            for state in AgentState.allCases {
                let count = snapshot.fleet.agents.values.count { $0.state == state }
                samples.add(count, [("state", state.rawValue)])
            }
        },
        .hub("fusebox_alerts", .gauge, "Alerts by rule: that fire, and that a silence covers.") {
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
            "Orders of operators that hold: forced open, disabled, pinned limits."
        ) { $1.add($0.fleet.standing.count(where: \.holds)) },
    ]
}

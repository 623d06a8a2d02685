import Fleet
import ResilienceWire

// Metrics of an agent's instance.

extension MetricFamily {
    static let ofAgents: [MetricFamily] = [
        .agents(
            "fusebox_agent_up", .gauge,
            "1 while the hub receives data from the instance; 0 after 15 s of silence or when it is gone."
        ) { agent, samples in samples.add(agent.state == .up ? 1 : 0) },
        .agents(
            "fusebox_agent_info", .gauge, "The instance's process and client library; always 1."
        ) { agent, samples in
            samples.add(1, [("pid", "\(agent.pid)"), ("client", agent.client)])
        },
        .agents(
            "fusebox_agent_lost_events_total", .counter,
            "Events that the agent dropped while the hub was slow or not reachable."
        ) { agent, samples in samples.add(agent.lost) },
    ]
}

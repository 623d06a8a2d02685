import Fleet
import ResilienceWire

// What is told of an instance of an agent as such.

extension MetricFamily {
    static let ofAgents: [MetricFamily] = [
        .agents(
            "fusebox_agent_up", .gauge,
            "1 while the instance is heard from; 0 once it was silent for 15 s or is gone."
        ) { agent, samples in samples.add(agent.state == .up ? 1 : 0) },
        .agents(
            "fusebox_agent_info", .gauge, "The instance's process and client library; always 1."
        ) { agent, samples in
            samples.add(1, [("pid", "\(agent.pid)"), ("client", agent.client)])
        },
        .agents(
            "fusebox_agent_lost_events_total", .counter,
            "Events that the agent dropped while the hub was slow or away."
        ) { agent, samples in samples.add(agent.lost) },
    ]
}

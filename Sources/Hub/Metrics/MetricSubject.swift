import Fleet
import ResilienceWire

/// What a sample is about: one instance of an agent.
struct AgentSubject: Sendable {
    let record: AgentRecord
    /// Its labels, as text.
    let labels: [UInt8]

    init(_ record: AgentRecord) {
        self.record = record
        labels = MetricSamples.labels([
            ("agent", record.id.agent), ("agent_instance", record.id.instance.description),
        ])
    }
}

/// What a sample is about: a strategy in one instance of an agent.
struct StrategySubject: Sendable {
    /// Everything that is known, also of an instance that is gone: its counts stay true.
    let record: StrategyRecord
    /// Its labels, as text.
    let labels: [UInt8]
    /// Unix milliseconds of the scrape.
    let at: Int64
    private let isUp: Bool

    init(_ record: StrategyRecord, of agent: AgentSubject, at: Int64) {
        self.record = record
        self.at = at
        labels = agent.labels + MetricSamples.labels([(",name", record.name)])
        isUp = agent.record.state == .up
    }

    /// What is so at the moment; `nil` where the instance is not heard from and nobody knows.
    var live: StrategyRecord? { isUp ? record : nil }

    var total: Counters { record.total }
}

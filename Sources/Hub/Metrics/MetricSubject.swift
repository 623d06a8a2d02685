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
    /// What is known and shown, also of an instance that is gone: its counts stay true.
    var record: StrategyRecord
    /// Its labels, as text.
    let labels: [UInt8]
    /// Unix milliseconds of the scrape.
    let at: Int64
    /// Whether its counters are in a series of its own.
    let hasCounters: Bool
    private let present: StrategyRecord?

    init(
        _ record: StrategyRecord, of agent: AgentSubject, _ showing: SeriesBook.Showing, at: Int64
    ) {
        self.record = showing == .zero ? record.uncounted : record
        hasCounters = showing != .inSum
        self.at = at
        labels = agent.labels + MetricSamples.labels([(",name", record.name)])
        present = agent.record.state == .up ? record : nil
    }

    /// What instances counted together that have ended.
    init(_ sum: SeriesBook.Sum, at: Int64) {
        record = sum.record
        hasCounters = true
        self.at = at
        labels = MetricSamples.labels([
            ("agent", sum.agent), ("agent_instance", ""), ("name", sum.strategy),
        ])
        present = nil
    }

    /// What is so at the moment; `nil` where the instance is not heard from and nobody knows.
    var live: StrategyRecord? { present }

    var total: Counters { record.total }
}

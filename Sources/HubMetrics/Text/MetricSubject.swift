import Fleet
import ResilienceWire

/// The subject of a sample: one instance of an agent.
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

/// The subject of a sample: a strategy in one instance of an agent.
struct StrategySubject: Sendable {
    /// The record to show. Its counters stay valid when the instance is gone.
    var record: StrategyRecord {
        didSet { total = record.total }
    }
    /// Its counters since the start.
    private(set) var total: Counters
    /// Its labels, as text.
    let labels: [UInt8]
    /// When the scrape happens, in Unix milliseconds.
    let at: Int64
    /// Whether its counters have their own series.
    let hasCounters: Bool
    private let present: StrategyRecord?

    init(
        _ record: StrategyRecord, of agent: AgentSubject, _ showing: SeriesBook.Showing, at: Int64
    ) {
        self.record = showing == .zero ? record.uncounted : record
        total = self.record.total
        hasCounters = showing != .inSum
        self.at = at
        labels = agent.labels + MetricSamples.labels([(",name", record.name)])
        present = agent.record.state == .up ? record : nil
    }

    /// Creates the subject for the sum of instances that have ended.
    init(_ sum: SeriesBook.Sum, at: Int64) {
        record = sum.record
        total = sum.record.total
        hasCounters = true
        self.at = at
        labels = MetricSamples.labels([
            ("agent", sum.agent), ("agent_instance", ""), ("name", sum.strategy),
        ])
        present = nil
    }

    /// The present state; `nil` if the hub does not hear from the instance.
    var live: StrategyRecord? { present }
}

import Fleet
import ResilienceWire

/// Renders a snapshot as text in slices. A metric's samples must be contiguous, so it visits all
/// strategies once per metric. The whole text is never in memory.
struct MetricsText: Sendable {
    /// The least size of a slice, in bytes. A slice may exceed it by the samples of one subject.
    static let sliceBytes = 65_536

    /// The time of the snapshot in Unix milliseconds.
    var at: Int64 { snapshot.at }

    private let snapshot: MetricsSnapshot
    private let agents: [AgentSubject]
    private let strategies: [StrategySubject]
    private var samples = MetricSamples()
    private var family = 0
    /// The index of the family's next subject.
    private var subject = 0

    /// Creates the text of a snapshot.
    ///
    /// - Parameter types: records which error types are new. Updated with those of the snapshot.
    init(_ snapshot: MetricsSnapshot, _ types: inout ErrorTypeBook) {
        self.snapshot = snapshot
        agents = snapshot.fleet.agents.values.sorted { $0.id < $1.id }.map(AgentSubject.init)
        let series = snapshot.series
        var strategies =
            agents.flatMap { agent in
                agent.record.strategies.values.sorted { $0.name < $1.name }.map {
                    StrategySubject(
                        $0, of: agent, series.showing($0.name, of: agent.record.id), at: snapshot.at
                    )
                }
            } + series.shownSums(snapshot.fleet).map { StrategySubject($0, at: snapshot.at) }
        for index in strategies.indices where !strategies[index].total.errors.isEmpty {
            let subject = strategies[index]
            let new = types.new(
                subject.labels, subject.total.errors.map(\.type), at: snapshot.at,
                shownBefore: series.shownBefore ?? .min)
            strategies[index].record = subject.record.without(errorTypes: new)
        }
        types.keep(Set(strategies.lazy.filter { !$0.total.errors.isEmpty }.map(\.labels)))
        self.strategies = strategies
    }

    /// Renders the next slice; `nil` at the end.
    mutating func next() -> [UInt8]? {
        while family < MetricFamily.all.count, samples.text.count < Self.sliceBytes {
            step(MetricFamily.all[family])
        }
        return samples.text.isEmpty ? nil : samples.take()
    }

    /// Renders one subject of one metric.
    private mutating func step(_ metric: MetricFamily) {
        if subject == 0 { samples.begin(metric) }
        let count: Int
        switch metric.samples {
        case .hub(let write):
            count = 1
            samples.labels = []
            write(snapshot, &samples)
        case .agents(let write):
            count = agents.count
            guard subject < count else { break }
            samples.labels = agents[subject].labels
            write(agents[subject].record, &samples)
        case .strategies(let write):
            count = strategies.count
            guard subject < count else { break }
            // Gauges are shown even if the counters are part of a sum.
            if strategies[subject].hasCounters || metric.kind == .gauge {
                samples.labels = strategies[subject].labels
                write(strategies[subject], &samples)
            }
        }
        subject += 1
        if subject >= count {
            subject = 0
            family += 1
        }
    }
}

import Fleet

/// A metric: its name, what it means, and how its samples come out of a snapshot.
struct MetricFamily: Sendable {
    /// The types of the text format.
    enum Kind: String, Sendable {
        case counter, gauge, histogram, summary
    }

    /// What its samples are about.
    enum Samples: Sendable {
        /// The hub: once a scrape.
        case hub(@Sendable (MetricsSnapshot, inout MetricSamples) -> Void)
        /// Each instance of an agent.
        case agents(@Sendable (AgentRecord, inout MetricSamples) -> Void)
        /// Each strategy of each instance.
        case strategies(@Sendable (StrategySubject, inout MetricSamples) -> Void)
    }

    let name: String
    let kind: Kind
    /// One line.
    let help: String
    let samples: Samples

    /// Every metric, in the order in which they are shown.
    static let all: [MetricFamily] =
        ofTheHub + ofAgents + ofCalls + ofRetries + ofBreakers + ofBulkheads + ofFacets + ofLimits

    static func hub(
        _ name: String, _ kind: Kind, _ help: String,
        _ samples: @escaping @Sendable (MetricsSnapshot, inout MetricSamples) -> Void
    ) -> MetricFamily {
        MetricFamily(name: name, kind: kind, help: help, samples: .hub(samples))
    }

    static func agents(
        _ name: String, _ kind: Kind, _ help: String,
        _ samples: @escaping @Sendable (AgentRecord, inout MetricSamples) -> Void
    ) -> MetricFamily {
        MetricFamily(name: name, kind: kind, help: help, samples: .agents(samples))
    }

    static func strategies(
        _ name: String, _ kind: Kind, _ help: String,
        _ samples: @escaping @Sendable (StrategySubject, inout MetricSamples) -> Void
    ) -> MetricFamily {
        MetricFamily(name: name, kind: kind, help: help, samples: .strategies(samples))
    }
}

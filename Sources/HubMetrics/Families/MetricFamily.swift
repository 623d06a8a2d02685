import Fleet

/// A metric: its name, its help text, and the function that writes its samples.
struct MetricFamily: Sendable {
    /// The metric types of the text format.
    enum Kind: String, Sendable {
        case counter, gauge, histogram, summary
    }

    /// The subjects of the samples, with the function that writes them.
    enum Samples: Sendable {
        /// The hub, once per scrape.
        case hub(@Sendable (MetricsSnapshot, inout MetricSamples) -> Void)
        /// Every instance of an agent.
        case agents(@Sendable (AgentRecord, inout MetricSamples) -> Void)
        /// Every strategy of every instance.
        case strategies(@Sendable (StrategySubject, inout MetricSamples) -> Void)
    }

    let name: String
    let kind: Kind
    /// The HELP text, one line.
    let help: String
    let samples: Samples

    /// All metrics, in the order of the output.
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

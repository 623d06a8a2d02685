public import Fleet
public import ResilienceWire

/// A time series of counters: one row per strategy and interval of a recording.
public struct Series: Sendable {
    /// A strategy in one instance.
    public struct Key: Hashable, Comparable, Sendable {
        /// The instance.
        public let source: InstanceID
        /// The strategy's name.
        public let strategy: String

        /// By instance, then by strategy.
        public static func < (one: Key, other: Key) -> Bool {
            (one.source, one.strategy) < (other.source, other.strategy)
        }
    }

    /// The counters of a strategy in one interval.
    public struct Row: Equatable, Sendable {
        /// The start of the interval in Unix milliseconds, a multiple of its length.
        public let start: Int64
        /// The strategy and its instance.
        public let key: Key
        /// The counters of the interval.
        public internal(set) var counters = Counters()
        /// The last known state of the breaker; `nil` if none is known.
        public internal(set) var breaker: BreakerState?
    }

    private let lengthMS: Int64
    private var current: [Key: Row] = [:]
    private var states: [Key: BreakerState] = [:]
    private var start: Int64?

    /// - Parameter lengthMS: the length of an interval in milliseconds, at least 1.
    public init(per lengthMS: Int64) {
        self.lengthMS = max(1, lengthMS)
    }

    /// Takes the breaker states at the start of the recording.
    public mutating func begin(with fleet: Fleet) {
        for agent in fleet.agents.values {
            for (name, record) in agent.strategies {
                states[Key(source: agent.id, strategy: name)] = record.breaker?.state
            }
        }
    }

    /// Takes a line that reports an event.
    ///
    /// - Returns: the sorted rows of the interval that this line ends; empty if it ends none.
    public mutating func take(_ line: Line) -> [Row] {
        guard let source = line.source, let at = line.at else { return [] }
        var ready: [Row] = []
        let start = at / lengthMS * lengthMS
        if let last = self.start, start > last { ready = finish() }
        self.start = max(self.start ?? start, start)
        if case .breaker(let change) = line.message {
            let key = Key(source: source, strategy: change.strategy)
            states[key] = change.to
            current[key] = row(key)
        } else if case .strategy(let declaration) = line.message {
            states[Key(source: source, strategy: declaration.strategy)] =
                declaration.breaker?.state
        } else if let (strategy, counters) = line.counted {
            let key = Key(source: source, strategy: strategy)
            var row = row(key)
            row.counters.add(counters)
            current[key] = row
        }
        return ready
    }

    /// Ends the present interval and returns its rows.
    public mutating func finish() -> [Row] {
        defer { current = [:] }
        return current.values.sorted { $0.key < $1.key }
    }

    /// The row of a strategy in this interval, with the present breaker state.
    private func row(_ key: Key) -> Row {
        var row = current[key] ?? Row(start: start ?? 0, key: key)
        row.breaker = states[key]
        return row
    }
}

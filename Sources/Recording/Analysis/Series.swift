public import Fleet
public import ResilienceWire

/// What each strategy counted in each stretch of time of a recording.
public struct Series: Sendable {
    /// A strategy of an instance.
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

    /// What one counted in one stretch.
    public struct Row: Equatable, Sendable {
        /// Unix milliseconds at which the stretch begins, a multiple of its length.
        public let start: Int64
        /// Whose it is.
        public let key: Key
        /// What was counted.
        public internal(set) var counters = Counters()
        /// Its breaker's last known state; `nil` where none was told of.
        public internal(set) var breaker: BreakerState?
    }

    private let lengthMS: Int64
    private var current: [Key: Row] = [:]
    private var states: [Key: BreakerState] = [:]
    private var start: Int64?

    /// - Parameter lengthMS: how long a stretch is, in milliseconds; at least 1.
    public init(per lengthMS: Int64) {
        self.lengthMS = max(1, lengthMS)
    }

    /// The state at the beginning: what its breakers are in.
    public mutating func begin(with fleet: Fleet) {
        for agent in fleet.agents.values {
            for (name, record) in agent.strategies {
                states[Key(source: agent.id, strategy: name)] = record.breaker?.state
            }
        }
    }

    /// Takes in a line that tells of something that happened.
    ///
    /// - Returns: the rows of the stretch that is over with it, in order.
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

    /// The rows of the last stretch.
    public mutating func finish() -> [Row] {
        defer { current = [:] }
        return current.values.sorted { $0.key < $1.key }
    }

    /// A strategy's row of this stretch, with its breaker as it is now.
    private func row(_ key: Key) -> Row {
        var row = current[key] ?? Row(start: start ?? 0, key: key)
        row.breaker = states[key]
        return row
    }
}

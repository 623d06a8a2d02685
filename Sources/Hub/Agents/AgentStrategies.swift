import ResilienceWire

/// The strategies that an agent has declared.
struct AgentStrategies {
    /// A declared strategy.
    struct Strategy {
        /// The name as the agent sends it.
        let raw: String
        /// The name that is safe to show.
        let name: String
        /// Whether it is among the touched strategies.
        var isTouched = false
        /// Where its deltas of the present second are summed.
        var sum = SecondSums.Place()
        /// The number of the strategy whose delta followed last. Agents send their strategies in
        /// the same order each time.
        var next: Int
    }

    /// The most strategies that one agent may declare.
    static let limit = 2_000

    private var names = SafeNames()
    private var all: [Strategy] = []
    private var numbers: [String: Int] = [:]
    /// The strategies with messages since the agent was weighed.
    private var touched: [Int] = []
    /// The number of the strategy of the last delta.
    private var last = 0

    /// The strategy with a number.
    subscript(number: Int) -> Strategy {
        get { all[number] }
        _modify { yield &all[number] }
    }

    /// The safe names of all strategies.
    var declared: some Collection<String> { all.lazy.map(\.name) }

    /// The name under which the agent sends a strategy, by its safe name.
    func raw(_ name: String) -> String? { names.raw(name) }

    /// Declares a strategy, possibly again.
    ///
    /// - Returns: its number, and whether it is new; `nil` if there are too many.
    mutating func declare(_ raw: String) -> (number: Int, isNew: Bool)? {
        if let number = numbers[raw] { return (number, false) }
        guard all.count < Self.limit else { return nil }
        numbers[raw] = all.count
        all.append(Strategy(raw: raw, name: names.safe(raw), next: all.count + 1))
        return (all.count - 1, true)
    }

    /// The number of a declared strategy.
    func number(of raw: String) -> Int? { numbers[raw] }

    /// The name that the next delta probably has; empty if unknown.
    var expected: String {
        guard !all.isEmpty else { return "" }
        return all[following].raw
    }

    /// The number of the strategy of the next delta.
    mutating func next(_ raw: String) -> Int? {
        guard !all.isEmpty else { return nil }
        if all[following].raw == raw {
            last = following
        } else {
            guard let number = numbers[raw] else { return nil }
            all[last].next = number
            last = number
        }
        return last
    }

    private var following: Int {
        let next = all[last].next
        return next < all.count ? next : 0
    }

    /// Records that the data of a strategy changes.
    mutating func touch(_ number: Int) {
        guard !all[number].isTouched else { return }
        all[number].isTouched = true
        touched.append(number)
    }

    /// Removes and returns the safe names of the touched strategies.
    mutating func takeTouched() -> [String] {
        defer { touched.removeAll(keepingCapacity: true) }
        for number in touched { all[number].isTouched = false }
        return touched.map { all[$0].name }
    }
}

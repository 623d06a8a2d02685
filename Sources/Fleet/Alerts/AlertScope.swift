import ResilienceWire

/// The strategies that rules have to be evaluated for. For all others no rule's condition can hold,
/// so most strategies cost one look a round.
struct AlertScope {
    /// The names of strategies by their agents' names.
    private(set) var names: [String: Set<String>] = [:]
    private let isEverything: Bool
    /// The lowest age of a call in flight that a rule is about, in milliseconds.
    private let waitingMS: Int64
    /// The highest remaining share of a retry budget that a rule is about.
    private let budget: Double

    init(_ rules: [AlertRule]) {
        var isEverything = false
        var waitingMS = Int64.max
        var budget = 0.0
        for rule in rules {
            switch rule.condition {
            // A rule with such a bound also holds for strategies whose calls all succeed at once.
            case .servedBelow(let share, _): isEverything = isEverything || share > 1
            case .amplificationAbove(let attempts, _): isEverything = isEverything || attempts < 1
            case .waitingLonger(let limit): waitingMS = min(waitingMS, limit)
            case .budgetBelow(let share): budget = max(budget, share)
            case .breakerOpen, .flapping, .agentStale, .agentGone: break
            }
        }
        self.isEverything = isEverything
        self.waitingMS = waitingMS
        self.budget = budget
    }

    /// Adds the subject of an alert.
    mutating func add(_ subject: AlertSubject) {
        guard let name = subject.strategy else { return }
        names[subject.agent, default: []].insert(name)
    }

    /// Adds the strategies of an instance for which a condition may hold.
    mutating func add(_ agent: AgentRecord, at now: Int64) {
        guard agent.state != .gone else { return }
        for record in agent.strategies.values where isEverything || isWatched(record, at: now) {
            names[agent.id.agent, default: []].insert(record.name)
        }
    }

    private func isWatched(_ record: StrategyRecord, at now: Int64) -> Bool {
        switch record.breakerState {
        case .open, .halfOpen: return true
        case .closed, .forcedOpen, .disabled, nil: break
        }
        return record.hasOpened
            || record.isTroubled(last: AlertInputs.spanMS, at: now)
            || record.oldestMS.map { $0 > waitingMS } ?? false
            || record.budget.map { $0 < budget } ?? false
    }
}

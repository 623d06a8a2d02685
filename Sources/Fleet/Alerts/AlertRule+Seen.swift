import ResilienceWire

// Evaluation of a condition: the subjects for which it holds, and the present values as text.

extension AlertRule.Condition {
    /// The subjects for which the condition holds. It builds no texts, because it runs every second
    /// over all subjects.
    func held(in inputs: AlertInputs) -> [AlertSubject] {
        switch self {
        case .breakerOpen, .servedBelow, .amplificationAbove, .budgetBelow, .waitingLonger,
            .flapping:
            inputs.strategies.compactMap { holds(for: $0.value) ? $0.key : nil }
        case .agentStale, .agentGone:
            inputs.agents.compactMap { holds(for: $0.value) ? $0.key : nil }
        }
    }

    /// The present values of a subject as text; `nil` if the subject is not known any more.
    func detail(of subject: AlertSubject, in inputs: AlertInputs) -> String? {
        guard subject.strategy == nil else {
            return inputs.strategies[subject].map(detail)
        }
        return inputs.agents[subject].map(detail)
    }

    private func holds(for strategy: AlertInputs.Strategy) -> Bool {
        let minute = strategy.minute
        return switch self {
        case .breakerOpen: strategy.open > 0
        case .servedBelow(let share, let minCalls):
            minute.wanted >= minCalls && minute.servedRate ?? 1 < share
        case .amplificationAbove(let attempts, let minCalls):
            minute.ran >= minCalls && minute.amplification ?? 0 > attempts
        case .budgetBelow(let share): strategy.budget ?? 1 < share
        case .waitingLonger(let limit): strategy.oldestMS ?? 0 > limit
        case .flapping: strategy.flapping > 0
        case .agentStale, .agentGone: false
        }
    }

    private func holds(for agent: AlertInputs.Agent) -> Bool {
        switch self {
        case .agentStale: agent.stale > 0
        case .agentGone: !agent.missing.isEmpty
        case .breakerOpen, .servedBelow, .amplificationAbove, .budgetBelow, .waitingLonger,
            .flapping:
            false
        }
    }

    private func detail(of strategy: AlertInputs.Strategy) -> String {
        let minute = strategy.minute
        switch self {
        case .breakerOpen:
            guard strategy.open > 0 else { return "no breaker is open" }
            let which = Self.part(strategy.open, of: strategy.instances)
            return strategy.why.isEmpty ? "probing\(which)" : "open\(which): \(strategy.why)"
        case .servedBelow:
            guard let share = minute.servedRate else { return "no calls in the last minute" }
            return "\(Self.percent(share)) of \(minute.wanted) calls served in the last minute"
        case .amplificationAbove:
            guard let attempts = minute.amplification else { return "no calls in the last minute" }
            return "\(Self.tenths(attempts)) attempts a call over \(minute.ran) calls "
                + "in the last minute"
        case .budgetBelow:
            return "\(Self.percent(strategy.budget ?? 1)) of the retry budget is left"
        case .waitingLonger:
            guard let oldest = strategy.oldestMS else { return "no call is under way" }
            return "the oldest call waits for \(Format.duration(oldest))"
        case .flapping:
            guard strategy.flapping > 0 else { return "no breaker is flapping" }
            return "opened \(strategy.openings) times in 5 minutes, open "
                + "\(Self.percent(strategy.openShare)) of them"
                + Self.part(strategy.flapping, of: strategy.instances)
        case .agentStale, .agentGone:
            return ""
        }
    }

    private func detail(of agent: AlertInputs.Agent) -> String {
        switch self {
        case .agentStale:
            return agent.stale > 0
                ? "silent\(Self.part(agent.stale, of: agent.connected))"
                : "no connected instance is silent"
        case .agentGone:
            let missing = agent.missing
            guard let last = missing.last else { return "\(agent.connected) connected" }
            let count = missing.count == 1 ? "" : "\(missing.count) instances, the last: "
            return count + (last.why.isEmpty ? "gone without bye" : last.why)
        case .breakerOpen, .servedBelow, .amplificationAbove, .budgetBelow, .waitingLonger,
            .flapping:
            return ""
        }
    }

    private static func part(_ count: Int, of all: Int) -> String {
        all == 1 ? "" : " at \(count) of \(all) instances"
    }

    /// A share as a percentage, rounded down, so that a value below a threshold never reads as
    /// equal to it.
    private static func percent(_ share: Double) -> String { "\(tenths(share * 100))%" }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int64(max(0, min(number, 1e12)) * 10)
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

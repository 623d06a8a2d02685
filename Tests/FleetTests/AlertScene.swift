import Fleet
import ResilienceWire
import TestSupport

/// A test scene: a fleet and its alerts, evaluated each second.
struct AlertScene {
    static let first = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "a"))
    static let second = InstanceID(agent: "planner", instance: InstanceDigits(repeating: "b"))

    var fleet = Fleet()
    var evaluator: AlertEvaluator
    var now: Int64 = 1_790_000_000_000
    private var sequence = 0

    init(_ rule: AlertRule, silences: [AlertSilence] = []) {
        self.init(AlertRules([rule], silences: silences))
    }

    init(_ rules: AlertRules) {
        evaluator = AlertEvaluator(rules)
        connect(Self.first)
    }

    mutating func apply(_ message: StreamMessage, from id: InstanceID = first) {
        fleet.apply(message, from: id, at: now)
    }

    mutating func connect(_ id: InstanceID) {
        apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id)
        apply(
            .strategy(
                StrategyDeclaration(
                    strategy: "pay", kind: "breaker",
                    breaker: BreakerReading(state: .closed, version: 0))), from: id)
    }

    mutating func breaker(_ state: BreakerState, from id: InstanceID = first) {
        sequence += 1
        apply(
            .breaker(
                BreakerChange(
                    strategy: "pay", version: sequence, from: .closed, to: state, by: .policy,
                    why: state == .open ? "5 consecutive failures" : "")), from: id)
    }

    mutating func count(_ change: (inout Counters) -> Void, from id: InstanceID = first) {
        sequence += 1
        var counters = Counters()
        change(&counters)
        apply(
            .delta(Delta(strategy: "pay", sequence: sequence, spanMS: 500, counters: counters)),
            from: id)
    }

    /// Advances the time by seconds and returns the actions.
    mutating func pass(_ seconds: Int) -> [AlertEvaluator.Action] {
        var actions: [AlertEvaluator.Action] = []
        for _ in 0..<seconds {
            now += 1_000
            actions += evaluate()
        }
        return actions
    }

    /// Evaluates once and applies the published alerts to the fleet.
    mutating func evaluate() -> [AlertEvaluator.Action] {
        let actions = evaluator.evaluate(fleet, now: now)
        for case .publish(let alert) in actions { fleet.apply(.alert(alert), from: nil, at: now) }
        return actions
    }
}

extension [AlertEvaluator.Action] {
    /// The published alerts as text: `fires planner:pay`, `over planner:pay` or `silenced
    /// planner:pay`.
    var told: [String] {
        compactMap { action in
            guard case .publish(let alert) = action else { return nil }
            let verb = !alert.firing ? "over" : alert.silence == nil ? "fires" : "silenced"
            return "\(verb) \(alert.about)"
        }
    }

    var details: [String] {
        compactMap { if case .publish(let alert) = $0 { alert.detail } else { nil } }
    }

    var ids: Set<String> {
        Set(compactMap { if case .publish(let alert) = $0 { alert.id } else { nil } })
    }

    /// For each run of the command: whether the alert was firing.
    var runs: [Bool] {
        compactMap { if case .run(_, let alert) = $0 { alert.firing } else { nil } }
    }
}

import Fleet
import ResilienceWire
import TestSupport

/// Lines as a hub publishes them, of a few agents that come, go, fall silent and fail, with hours between
/// some of them. The same seed gives the same history.
struct RandomHistory {
    private var random: SplitMix64
    private var at: Int64 = 1_790_000_000_000
    private var versions: [String: Int] = [:]
    private var count = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// The next line.
    mutating func next() -> Line {
        count += 1
        at += pick([0, 1, 40, 500, 500, 500, 5_000, 30_000, 400_000])
        let source = InstanceID(
            agent: pick(["planner", "router", "keeper"]),
            instance: InstanceDigits(repeating: pick(["a", "b", "c"])))
        let message = message(of: source)
        let ofTheHub = [
            "standing", "standing_end", "alert", "command", "command_status", "clock",
        ].contains(message.type)
        return Line(at: at, source: ofTheHub ? nil : source, message)
    }

    private mutating func message(of source: InstanceID) -> StreamMessage {
        let strategy = pick(["pay", "llm"])
        switch Int.random(in: 0..<24, using: &random) {
        case 0, 1: return .agentUp(AgentUp(pid: 1, client: "test", intervalMS: 500))
        case 2: return .agentStale
        case 3: return .agentGone(why: pick(["said bye", "killed", ""]))
        case 4, 5: return .strategy(declaration(strategy, of: source))
        case 6...12: return .delta(delta(strategy))
        case 13:
            return .call(
                CallReport(
                    strategy: strategy, end: pick([.ok, .failed, .rejected]), attempts: 2,
                    microseconds: 1_500, errors: ["TimeoutError"]))
        case 14...17:
            let (from, to): (BreakerState, BreakerState) = pick([
                (.closed, .open), (.open, .halfOpen), (.halfOpen, .closed), (.closed, .forcedOpen),
            ])
            return .breaker(
                BreakerChange(
                    strategy: strategy, version: version(strategy, of: source), from: from, to: to,
                    by: pick([.policy, .policy, .operator]), why: "why \(count)"))
        case 18:
            return .limit(
                LimitChange(
                    strategy: strategy, name: "max_attempts", was: 3,
                    value: Double(Int.random(in: 1...5, using: &random)), by: .operator,
                    pinned: true))
        case 19: return .lost(Int.random(in: 1...9, using: &random))
        case 20:
            return .standing(
                StandingOrder(
                    id: "s\(Int.random(in: 0..<4, using: &random))", address: "planner:pay",
                    order: .open(forMS: nil), until: at + 900_000, who: "ops"))
        case 21:
            return .standingEnd(
                StandingEnd(
                    id: "s\(Int.random(in: 0..<4, using: &random))", address: "planner:pay",
                    why: "reset"))
        case 22:
            return .alert(
                Alert(
                    id: "a\(Int.random(in: 0..<4, using: &random))", rule: "breaker_open",
                    firing: pick([true, false]), about: "planner:pay", detail: "d\(count)"))
        default:
            return .command(
                StreamCommand(id: "c\(count)", address: "planner:pay", order: .reset, who: "ops"))
        }
    }

    private mutating func declaration(
        _ strategy: String, of source: InstanceID
    ) -> StrategyDeclaration {
        StrategyDeclaration(
            strategy: strategy, kind: "retry+breaker", target: pick(["a.example", nil]),
            can: [.open, .reset],
            breaker: BreakerReading(
                state: pick(BreakerState.allCases), version: version(strategy, of: source),
                sinceMS: Int64.random(in: 0...90_000, using: &random)),
            limits: [LimitReading(name: "max_attempts", value: 3, min: 1, max: 5)])
    }

    private mutating func delta(_ strategy: String) -> Delta {
        var counters = Counters()
        counters.ok = Int.random(in: 0...9, using: &random)
        counters.failed = Int.random(in: 0...9, using: &random)
        counters.attempts = counters.ok + 2 * counters.failed
        counters.latency = [LatencyCount(bucket: Int.random(in: 0...575, using: &random), count: 3)]
        counters.errors = [ErrorCount(type: pick(["A", "B", "C"]), count: 2)]
        counters.inFlight = Int.random(in: 0...3, using: &random)
        count += 1
        return Delta(
            strategy: strategy, sequence: count, spanMS: pick([500, 1_000, 20_000]),
            counters: counters)
    }

    private mutating func version(_ strategy: String, of source: InstanceID) -> Int {
        versions["\(source)\(strategy)", default: 0] += 1
        return versions["\(source)\(strategy)"] ?? 0
    }

    private mutating func pick<T>(_ choices: [T]) -> T {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}

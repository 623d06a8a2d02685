import Fleet
import NIOPosix
import ResilienceWire

/// The alert rules with their state, and the commands that they run.
struct Alerting {
    /// The least number of ticks in which the rules check the whole fleet once. Ten ticks are one
    /// second.
    static let leastParts = 10
    /// The most strategies that are checked in one tick, which then takes a few milliseconds. Very
    /// large fleets therefore take more than a second.
    static let strategiesPerPart = 5_000

    var evaluator: AlertEvaluator
    var queue = AlertQueue()
    /// The part of the fleet that the rules check next, and the number of parts.
    private var part = 0
    private var parts = Self.leastParts
    /// Threads that wait for alert commands to end. They start with the first command.
    let threads = NIOThreadPool(numberOfThreads: AlertQueue.width)

    init(_ rules: AlertRules) {
        evaluator = AlertEvaluator(rules)
    }

    /// Checks the rules against the next part of the fleet, at a time in Unix milliseconds.
    mutating func evaluate(_ fleet: Fleet, now: Int64) -> [AlertEvaluator.Action] {
        if part == 0 {
            let strategies = fleet.agents.values.reduce(0) { $0 + $1.strategies.count }
            parts = max(Self.leastParts, strategies / Self.strategiesPerPart)
        }
        defer { part = (part + 1) % parts }
        return evaluator.evaluate(fleet, part: part, of: parts, now: now)
    }
}

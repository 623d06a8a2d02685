import Fleet
import NIOPosix
import ResilienceWire

/// The alert rules with their state, and the commands that they run.
struct Alerting {
    /// The number of ticks in which the rules check the whole fleet once. Ten ticks are one second.
    static let parts = 10

    var evaluator: AlertEvaluator
    var queue = AlertQueue()
    /// The part of the fleet that the rules check next.
    private var part = 0
    /// Threads that wait for alert commands to end. They start with the first command.
    let threads = NIOThreadPool(numberOfThreads: AlertQueue.width)

    init(_ rules: AlertRules) {
        evaluator = AlertEvaluator(rules)
    }

    /// Checks the rules against the next part of the fleet, at a time in Unix milliseconds.
    mutating func evaluate(_ fleet: Fleet, now: Int64) -> [AlertEvaluator.Action] {
        defer { part = (part + 1) % Self.parts }
        return evaluator.evaluate(fleet, part: part, of: Self.parts, now: now)
    }
}

import ArgumentParser
import DashboardApp
import Fleet
import Foundation
import HostSupport
import Recording
import Resilience
import ResilienceWire
import WhatIf

struct WhatIfCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whatif",
        abstract: "Simulates a recording's calls under another policy.",
        discussion: """
            It needs call lines. Agents without counters send them, others while they are tapped. \
            Options that are not given keep the recorded values. Examples:
              fusebox whatif incident.ndjson.zst pyagent:py/search --max-attempts 2
              fusebox whatif incident.ndjson.zst '*:pay' --failure-threshold 10 --open 30s
              fusebox whatif incident.ndjson.zst '*:pay' --from 14:02 --max-attempts 1 --json | jq .
            """)

    /// The most attempts of all trials together; each takes about a microsecond.
    private static let mostAttempts = 50_000_000

    @OptionGroup var range: RecordedRange

    @Argument(
        help: "AGENT:STRATEGY, AGENT@INSTANCE:STRATEGY or *:STRATEGY.",
        transform: { SafeText.sanitise($0) })
    var address: String

    @Option(help: "Attempts that a call may make, such as 2.")
    var maxAttempts: Int?

    @Option(help: "Consecutive failures that open the breaker, such as 10.")
    var failureThreshold: Int?

    @Option(help: "How long it stays open, such as 30s.")
    var open: DurationValue?

    @Flag(help: "As one JSON object.")
    var json = false

    func validate() throws {
        guard (maxAttempts ?? 1) >= 1 else {
            throw ValidationError("--max-attempts must be at least 1, not \(maxAttempts ?? 0)")
        }
        guard (failureThreshold ?? 1) >= 1 else {
            throw ValidationError(
                "--failure-threshold must be at least 1, not \(failureThreshold ?? 0)")
        }
    }

    func run() throws {
        let target = try Address(argument: address)
        var calls: [WhatIf.Call] = []
        var declaration: StrategyDeclaration?
        var deltas = 0
        var opens = 0
        var tracker = KeyframeTracker()
        try range.read { fleet in
            for agent in fleet.agents.values where target.includes(agent.id, target.strategy) {
                declaration =
                    agent.strategies[target.strategy].map { Self.declaration($0) }
                    ?? declaration
            }
        } _: { line in
            guard tracker.take(line) == .event, let source = line.source, let at = line.at,
                line.message.strategy == target.strategy,
                target.includes(source, target.strategy)
            else { return }
            if case .strategy(let told) = line.message {
                declaration = told
            } else if case .call(let call) = line.message {
                calls.append(
                    WhatIf.Call(at: at, instance: source, end: call.end, attempts: call.attempts))
            } else if case .delta = line.message {
                deltas += 1
            } else if case .breaker(let change) = line.message, change.to == .open {
                opens += 1
            }
        } end: {
        }
        guard !calls.isEmpty else { throw unanswerable(deltas) }
        let attempts = calls.reduce(0) { $0 + $1.attempts }
        guard attempts <= Self.mostAttempts else {
            throw Failure(
                .refused,
                "\(range.file) has \(attempts) attempts of \(address), and at most "
                    + "\(Self.mostAttempts) can be simulated; choose a part with --from and --to")
        }
        let recorded = Self.policy(declaration, calls)
        var asked = recorded
        if let maxAttempts { asked.maxAttempts = maxAttempts }
        if failureThreshold != nil || open != nil, recorded.failureThreshold == nil {
            throw Failure(
                .refused,
                "\(address) has no breaker that opens after failures in a row; "
                    + "only --max-attempts can be simulated")
        }
        if let failureThreshold { asked.failureThreshold = failureThreshold }
        if let open { asked.openMS = max(1, open.milliseconds) }
        let trial = WhatIf(calls, under: recorded)
        var was = trial.outcome
        was.opens = opens
        let report: WhatIfReport
        do throws(PolicyError) {
            report = WhatIfReport(
                address: address, calls: calls, recorded: recorded, asked: asked, was: was,
                control: try trial.outcome(under: recorded),
                outcome: try trial.outcome(under: asked))
        } catch {
            throw Failure(.refused, "\(error)")
        }
        try StandardOutput.print(json ? report.json : report.text)
    }

    private func unanswerable(_ deltas: Int) -> Failure {
        guard deltas > 0 else {
            return Failure(
                .notFound,
                "\(range.file) holds no call of \(address); "
                    + "'fusebox export' lists the strategies that it has")
        }
        return Failure(
            .refused,
            "\(range.file) holds \(deltas) deltas of \(address) and no call lines. Deltas tell how many "
                + "calls there were and how they ended, not the attempts of each call, so "
                + "another policy cannot be simulated. Record while it is tapped: "
                + "'fusebox tap \(address) --for 10m'")
    }

    private static func declaration(_ record: StrategyRecord) -> StrategyDeclaration {
        StrategyDeclaration(
            strategy: record.name, kind: record.kind,
            breaker: record.breaker.map {
                BreakerReading(
                    state: $0.state, version: $0.version, trip: $0.trip, openMS: $0.openMS,
                    halfOpenCalls: $0.halfOpenCalls)
            }, limits: record.limits)
    }

    /// The policy that the agent declared. Without a declared number of attempts, it is the largest number that a
    /// failed call made.
    private static func policy(
        _ declaration: StrategyDeclaration?, _ calls: [WhatIf.Call]
    ) -> WhatIf.Policy {
        /// Reads a limit, clamped: a recording may hold any number, and larger ones make no difference.
        func limit(_ name: String, most: Double) -> Int? {
            declaration?.limits.first { $0.name == name }.map { Int(min(max(0, $0.value), most)) }
        }
        var policy = WhatIf.Policy()
        let most = calls.filter { $0.end == .failed }.map(\.attempts).max()
        policy.maxAttempts = limit("max_attempts", most: 1_000) ?? most
        let words = declaration?.breaker?.trip?.split(separator: " ").first
        policy.failureThreshold =
            declaration?.breaker == nil
            ? nil : limit("failure_threshold", most: 1_000_000) ?? words.flatMap { Int($0) }
        policy.openMS =
            limit("open_ms", most: 365 * 86_400_000).map(Int64.init)
            ?? declaration?.breaker?.openMS ?? policy.openMS
        policy.halfOpenCalls = declaration?.breaker?.halfOpenCalls ?? policy.halfOpenCalls
        let layers = declaration?.kind.split(separator: "+").map(String.init) ?? []
        if let breaker = layers.firstIndex(of: "breaker"),
            let retry = layers.firstIndex(of: "retry")
        {
            policy.breaksCalls = breaker < retry
        }
        return policy
    }
}

extension StreamMessage {
    /// The strategy that a line of the trial is about.
    fileprivate var strategy: String? {
        if case .strategy(let declaration) = self { return declaration.strategy }
        if case .call(let call) = self { return call.strategy }
        if case .delta(let delta) = self { return delta.strategy }
        if case .breaker(let change) = self { return change.strategy }
        return nil
    }
}

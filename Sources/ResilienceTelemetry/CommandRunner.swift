import Resilience
import ResilienceWire

/// Carries out operators' commands once each. A duplicate of a command gets the first answer again.
struct CommandRunner {
    private let registry: Registry
    private var answers: [String: Ack] = [:]
    /// The ids of ``answers``, oldest first; at most 256.
    private var order: [String] = []

    init(_ registry: Registry) {
        self.registry = registry
    }

    /// - Parameter now: the present CLOCK_MONOTONIC time in milliseconds, to find expired commands.
    mutating func run(_ command: AgentCommand, now: Int64) -> Ack {
        if let answer = answers[command.id] { return answer }
        let answer = Ack(id: command.id, execute(command, now: now))
        answers[command.id] = answer
        order.append(command.id)
        if order.count > 256 { answers[order.removeFirst()] = nil }
        return answer
    }

    private func execute(_ command: AgentCommand, now: Int64) -> Ack.Answer {
        guard registry.options.allowsControl else {
            return refuse("control is switched off in this agent (FUSEBOX_CONTROL=0)")
        }
        if let expiry = command.expiresMonoMS, expiry < now {
            return .refused(code: .expired, detail: "arrived \(now - expiry) ms too late")
        }
        let name = command.strategy
        guard let facets = registry.facets(of: name) else {
            let names = registry.names.joined(separator: ", ")
            return .refused(code: .unknownStrategy, detail: "the strategies are: \(names)")
        }
        if case .tap(let milliseconds) = command.order {
            registry.tap(name, for: .milliseconds(milliseconds ?? Registry.tapMS))
            return .ok(version: nil)
        }
        return registry.carryOut(command, at: facets)
    }

    private func refuse(_ detail: String) -> Ack.Answer {
        .refused(code: .refused, detail: detail)
    }
}

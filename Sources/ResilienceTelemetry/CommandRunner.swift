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
        switch command.order {
        case .open(let milliseconds):
            return order(.open(for: milliseconds.map(Duration.milliseconds)), command, facets)
        case .reset:
            return order(.reset, command, facets)
        case .halfOpen:
            return order(.halfOpen, command, facets)
        case .disable:
            return order(.disable, command, facets)
        case .enable:
            return order(.enable, command, facets)
        case .setLimit(let limit, let value):
            return set(limit, value, facets)
        case .tap(let milliseconds):
            registry.tap(name, for: .milliseconds(milliseconds ?? Registry.tapMS))
            return .ok(version: nil)
        case .unknown(let word):
            let shown = SafeText.sanitise(word, maxBytes: 40)
            return .refused(code: .unsupported, detail: "this client does not know '\(shown)'")
        }
    }

    private func order(
        _ order: CircuitBreaker.Order, _ command: AgentCommand, _ facets: Facets
    ) -> Ack.Answer {
        guard let breaker = facets.breaker else {
            return .refused(code: .unsupported, detail: "the strategy has no circuit breaker")
        }
        do throws(CircuitBreaker.OrderRejection) {
            return .ok(
                version: try breaker.apply(order, by: .operator, ifVersion: command.ifVersion))
        } catch {
            switch error {
            case .pointless(let why): return refuse(why)
            case .conflict: return .refused(code: .conflict, detail: error.description)
            }
        }
    }

    private func set(_ name: String, _ value: Double?, _ facets: Facets) -> Ack.Answer {
        guard let limit = facets.limits.first(where: { $0.name == name }) else {
            let names = facets.limits.map(\.name).joined(separator: ", ")
            return .refused(code: .unsupported, detail: "the limits are: \(names)")
        }
        guard let value else {
            limit.release(by: .operator)
            return .ok(version: nil)
        }
        do throws(Limit.OutOfBounds) {
            try limit.pin(value, by: .operator)
            return .ok(version: nil)
        } catch {
            return refuse(error.description)
        }
    }

    private func refuse(_ detail: String) -> Ack.Answer {
        .refused(code: .refused, detail: detail)
    }
}

import Resilience
import ResilienceWire

extension Facets {
    /// Carries out an order of an operator, except a tap.
    func carryOut(_ order: Order, ifVersion: Int? = nil) -> Ack.Answer {
        switch order {
        case .open(let milliseconds):
            apply(.open(for: milliseconds.map(Duration.milliseconds)), ifVersion)
        case .reset: apply(.reset, ifVersion)
        case .halfOpen: apply(.halfOpen, ifVersion)
        case .disable: apply(.disable, ifVersion)
        case .enable: apply(.enable, ifVersion)
        case .setLimit(let limit, let value): set(limit, value)
        case .tap, .unknown:
            .refused(
                code: .unsupported,
                detail: "this client does not know '\(SafeText.sanitise(order.word, maxBytes: 40))'"
            )
        }
    }

    /// Applies an order of the orders file to a new strategy.
    ///
    /// - Parameter now: the present time in Unix milliseconds.
    /// - Returns: the answer; `nil` if the strategy has nothing that the order is for, or its time is
    ///   over.
    func begin(under order: AgentOrder, now: Int64) -> Ack.Answer? {
        if let until = order.until, until <= now { return nil }
        switch order.order {
        case .open where breaker != nil:
            return carryOut(.open(forMS: order.until.map { $0 - now }))
        case .disable where breaker != nil:
            return carryOut(.disable)
        case .setLimit(let name, _) where limits.contains { $0.name == name }:
            return carryOut(order.order)
        case .open, .disable, .setLimit, .reset, .halfOpen, .enable, .tap, .unknown:
            return nil
        }
    }

    private func apply(_ order: CircuitBreaker.Order, _ ifVersion: Int?) -> Ack.Answer {
        guard let breaker else {
            return .refused(code: .unsupported, detail: "the strategy has no circuit breaker")
        }
        do throws(CircuitBreaker.OrderRejection) {
            return .ok(version: try breaker.apply(order, by: .operator, ifVersion: ifVersion))
        } catch {
            switch error {
            case .pointless(let why): return .refused(code: .refused, detail: why)
            case .conflict: return .refused(code: .conflict, detail: error.description)
            }
        }
    }

    private func set(_ name: String, _ value: Double?) -> Ack.Answer {
        guard let limit = limits.first(where: { $0.name == name }) else {
            let names = limits.map(\.name).joined(separator: ", ")
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
            return .refused(code: .refused, detail: error.description)
        }
    }
}

import Fleet
import ResilienceWire

// The hub makes all text from agents safe to show once, on arrival.

extension StreamMessage {
    /// An agent's message about a strategy as viewers get it; `nil` for deltas, see
    /// ``Delta/sanitise()``, and for other messages.
    ///
    /// - Parameter name: the strategy's safe name.
    init?(_ message: AgentMessage, strategy name: String) {
        switch message {
        case .strategy(var declaration):
            declaration.strategy = name
            declaration.kind = text(declaration.kind)
            declaration.target = declaration.target.map(text)
            // Agents do not count openings; the hub does.
            declaration.openings = nil
            if var breaker = declaration.breaker {
                breaker.why = text(breaker.why)
                breaker.trip = breaker.trip.map(text)
                declaration.breaker = breaker
            }
            for index in declaration.limits.indices {
                declaration.limits[index].name = text(declaration.limits[index].name)
                declaration.limits[index].why = text(declaration.limits[index].why)
                declaration.limits[index].unit = declaration.limits[index].unit.map(text)
            }
            self = .strategy(declaration)
        case .call(var call):
            call.strategy = name
            call.errors = call.errors.map(text)
            self = .call(call)
        case .breaker(var change):
            change.strategy = name
            change.why = text(change.why)
            self = .breaker(change)
        case .limit(var change):
            change.strategy = name
            change.name = text(change.name)
            change.why = text(change.why)
            self = .limit(change)
        case .hello, .delta, .ack, .lost, .unsupported, .ping, .bye, .unknown:
            return nil
        }
    }
}

extension Delta {
    /// Makes all texts but the strategy's name safe to show.
    mutating func sanitise() {
        if !counters.errors.isEmpty { counters.errors = sanitised(counters.errors) }
        if !counters.messages.isEmpty { counters.messages = sanitised(counters.messages) }
    }
}

extension Ack {
    /// A copy in which all text is safe to show.
    var sanitised: Ack {
        guard case .refused(let code, let detail) = answer else { return self }
        return Ack(id: id, .refused(code: code, detail: text(detail)))
    }
}

/// Merges the counts of error types that are the same once safe, or that Swift's `==` considers
/// equal. Sorts by type, because sums rely on that order.
private func sanitised(_ errors: [ErrorCount]) -> [ErrorCount] {
    guard !isFit(errors.lazy.map(\.type)) else { return errors }
    var counts: [String: Int] = [:]
    for error in errors {
        let name = type(error.type)
        counts[name] = bounded(counts[name] ?? 0, error.count)
    }
    return counts.sorted { $0.key < $1.key }.map { ErrorCount(type: $0.key, count: $0.value) }
}

private func sanitised(_ messages: [ErrorMessage]) -> [ErrorMessage] {
    var texts: [String: String] = [:]
    for message in messages { texts[type(message.type)] = text(message.text) }
    return texts.sorted { $0.key < $1.key }.map { ErrorMessage(type: $0.key, text: $0.value) }
}

/// Whether the types are safe, distinct and sorted.
private func isFit(_ types: some Collection<String>) -> Bool {
    types.allSatisfy { type($0) == $0 } && zip(types, types.dropFirst()).allSatisfy { $0 < $1 }
}

/// Cuts the type to the length that readers of the stream accept.
private func type(_ raw: String) -> String {
    SafeText.sanitise(raw, maxBytes: WireLimits.nameBytes)
}

private func text(_ raw: String) -> String {
    SafeText.sanitise(raw, maxBytes: 1_024)
}

import Fleet
import ResilienceWire

// The hub makes all text from agents safe to show once, on arrival.

extension Message {
    /// A copy of the message in which all text is safe to show.
    ///
    /// - Parameter name: maps the strategy's name to its safe form.
    func sanitised(strategy name: (String) -> String) -> Message {
        switch self {
        case .strategy(var declaration):
            declaration.strategy = name(declaration.strategy)
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
            return .strategy(declaration)
        case .delta(var delta):
            delta.strategy = name(delta.strategy)
            delta.counters.errors = sanitised(delta.counters.errors)
            delta.counters.messages = sanitised(delta.counters.messages)
            return .delta(delta)
        case .call(var call):
            call.strategy = name(call.strategy)
            call.errors = call.errors.map(text)
            return .call(call)
        case .breaker(var change):
            change.strategy = name(change.strategy)
            change.why = text(change.why)
            return .breaker(change)
        case .limit(var change):
            change.strategy = name(change.strategy)
            change.name = text(change.name)
            change.why = text(change.why)
            return .limit(change)
        case .ack(var ack):
            if case .refused(let code, let detail) = ack.answer {
                ack.answer = .refused(code: code, detail: text(detail))
            }
            return .ack(ack)
        case .hello, .lost, .ping, .pong, .beat, .bye, .welcome, .error, .command, .watch,
            .recording, .keyframe,
            .keyframeEnd, .agentUp, .agentStale, .agentGone, .total, .slot, .clock, .commandStatus,
            .commandDone, .alert, .standing, .standingEnd, .unknown:
            return self
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
}

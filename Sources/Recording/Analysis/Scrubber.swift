public import ResilienceWire

/// Replaces names and free text with placeholders: `agent-1`, `strategy-2`, `text-3`.
///
/// Equal texts get equal placeholders, so related lines stay related. Numbers, states, times, HTTP statuses and
/// the limit names of the protocol are kept.
public struct Scrubber: Sendable {
    private enum Kind: String {
        case agent, strategy, target, error, limit, person, text, kind
    }

    private struct Name: Hashable {
        let kind: Kind
        let text: String
    }

    private static let limits: Set<String> = [
        "max_attempts", "attempts_floor", "attempts_ceiling", "success_threshold", "window",
        "max_concurrent", "queue_size", "hedge_after_ms", "max_hedges", "failure_threshold",
        "open_ms", "retry_budget", "timeout_ms",
    ]

    private var standIns: [Name: String] = [:]
    private var counts: [Kind: Int] = [:]

    /// Creates a scrubber without placeholders.
    public init() {}

    /// The line with placeholders for names and texts.
    public mutating func scrub(_ line: Line) -> Line {
        Line(at: line.at, source: line.source.map { scrub($0) }, scrub(line.message))
    }

    private mutating func replace(_ kind: Kind, _ text: String) -> String {
        guard !text.isEmpty else { return text }
        let name = Name(kind: kind, text: text)
        if let known = standIns[name] { return known }
        counts[kind, default: 0] += 1
        let standIn = "\(kind.rawValue)-\(counts[kind] ?? 0)"
        standIns[name] = standIn
        return standIn
    }

    private mutating func scrub(_ id: InstanceID) -> InstanceID {
        InstanceID(agent: replace(.agent, id.agent), instance: id.instance)
    }

    /// Replaces the names in an address, or an agent's name if the text has no strategy.
    private mutating func scrub(address: String) -> String {
        let parts = address.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(names[0])
        var scrubbed = name == "*" ? name : replace(.agent, name)
        if names.count == 2 { scrubbed += "@\(names[1])" }
        if parts.count == 2 { scrubbed += ":" + replace(.strategy, String(parts[1])) }
        return scrubbed
    }

    private mutating func scrub(_ address: Address) -> Address {
        Address(lenient: scrub(address: address.description))
    }

    private mutating func scrub(error: String) -> String {
        let isStatus =
            error.hasPrefix("HTTP ") && error.count == 8
            && error.dropFirst(5).allSatisfy(\.isNumber)
        return isStatus ? error : replace(.error, error)
    }

    private mutating func scrub(limit: String) -> String {
        Self.limits.contains(limit) ? limit : replace(.limit, limit)
    }

    private mutating func scrub(_ order: Order) -> Order {
        switch order {
        case .setLimit(let name, let value): .setLimit(name: scrub(limit: name), value: value)
        case .open, .reset, .halfOpen, .disable, .enable, .tap, .unknown: order
        }
    }

    private mutating func scrub(_ delta: Delta) -> Delta {
        var delta = delta
        delta.strategy = replace(.strategy, delta.strategy)
        scrub(&delta.counters)
        return delta
    }

    private mutating func scrub(_ counters: inout Counters) {
        counters.errors = counters.errors.map {
            ErrorCount(type: scrub(error: $0.type), count: $0.count)
        }.sorted { $0.type < $1.type }
        counters.messages = counters.messages.map {
            ErrorMessage(type: scrub(error: $0.type), text: replace(.text, $0.text))
        }.sorted { $0.type < $1.type }
    }

    private mutating func scrub(_ message: StreamMessage) -> StreamMessage {
        switch message {
        case .strategy(var declaration):
            declaration.strategy = replace(.strategy, declaration.strategy)
            declaration.target = declaration.target.map { replace(.target, $0) }
            if var breaker = declaration.breaker {
                breaker.why = replace(.text, breaker.why)
                breaker.trip = breaker.trip.map { replace(.text, $0) }
                declaration.breaker = breaker
            }
            for index in declaration.limits.indices {
                declaration.limits[index].name = scrub(limit: declaration.limits[index].name)
                declaration.limits[index].why = replace(.text, declaration.limits[index].why)
            }
            return .strategy(declaration)
        case .delta(let delta): return .delta(scrub(delta))
        case .total(let delta): return .total(scrub(delta))
        case .slot(let delta): return .slot(scrub(delta))
        case .history(var history):
            history.strategy = replace(.strategy, history.strategy)
            for index in history.slots.indices { scrub(&history.slots[index].counters) }
            return .history(history)
        case .call(var call):
            call.strategy = replace(.strategy, call.strategy)
            call.errors = call.errors.map { scrub(error: $0) }
            return .call(call)
        case .breaker(var change):
            change.strategy = replace(.strategy, change.strategy)
            change.why = replace(.text, change.why)
            return .breaker(change)
        case .limit(var change):
            change.strategy = replace(.strategy, change.strategy)
            change.name = scrub(limit: change.name)
            change.why = replace(.text, change.why)
            return .limit(change)
        case .agentUp(var up):
            up.pid = 0
            up.client = replace(.text, up.client)
            up.why = replace(.text, up.why)
            return .agentUp(up)
        case .agentGone(let why): return .agentGone(why: replace(.text, why))
        case .command(var command):
            command.address = scrub(command.address)
            command.order = scrub(command.order)
            command.reason = command.reason.map { replace(.text, $0) }
            command.who = command.who.map { replace(.person, $0) }
            return .command(command)
        case .commandStatus(var status):
            status.instance = status.instance.map { scrub($0) }
            status.detail = status.detail.map { replace(.text, $0) }
            return .commandStatus(status)
        case .alert(var alert):
            alert.about = scrub(address: alert.about)
            alert.rule = replace(.kind, alert.rule)
            alert.detail = replace(.text, alert.detail)
            alert.silence = alert.silence.map {
                Alert.Silence(until: $0.until, reason: replace(.text, $0.reason))
            }
            return .alert(alert)
        case .standing(var order):
            order.address = scrub(order.address)
            order.order = scrub(order.order)
            order.who = order.who.map { replace(.person, $0) }
            order.reason = order.reason.map { replace(.text, $0) }
            return .standing(order)
        case .standingEnd(var end):
            end.address = scrub(end.address)
            end.why = replace(.text, end.why)
            return .standingEnd(end)
        case .lost, .beat, .error, .recording, .keyframe, .keyframeEnd, .historyEnd, .agentStale,
            .clock,
            .commandDone, .unknown:
            return message
        }
    }
}

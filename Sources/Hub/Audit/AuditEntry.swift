import Fleet
import ResilienceWire

/// A line of the audit log: the intent before a command is sent, its outcome, or a note about entries
/// that are left out.
enum AuditEntry {
    /// The user and process behind a command, as the kernel reports them.
    struct User: Equatable, Sendable {
        var name: String
        var uid: UInt32
        var pid: Int32

        /// The user and process in words.
        var words: String { "\(name), process \(pid)" }
    }

    /// A command, its user, and the affected value at each instance before the command.
    case intent(StreamCommand, User, [(InstanceID, was: Value?)])
    /// The outcome, and the affected value after it.
    case outcome(CommandStatus, now: Value?)
    /// Why entries are left out from here on, or that none are.
    case omission(String)

    /// A breaker's state or a limit's value.
    enum Value: Equatable {
        case state(BreakerState)
        case number(Double)
    }

    /// Encodes the entry as a line of JSON, with its newline. `time` is in Unix milliseconds.
    func line(at time: Int64) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        switch self {
        case .intent(let command, let user, let instances):
            writer.field("t", "intent")
            writer.field("at", time)
            writer.field("id", command.id)
            writer.field("who", command.who ?? user.name, max: WireLimits.textBytes)
            writer.field("uid", Int64(user.uid))
            writer.field("pid", user.pid)
            writer.field("to", command.address)
            command.order.write(to: &writer)
            writer.field("if_version", command.ifVersion)
            writer.field("reason", command.reason, max: WireLimits.textBytes)
            writer.field("standing", command.standing)
            writer.array("instances", instances) { writer, instance in
                writer.beginObject()
                writer.field("agent", instance.0.agent)
                writer.field("instance", instance.0.instance)
                Self.write(instance.was, as: "was", to: &writer)
                writer.endObject()
            }
        case .outcome(let status, let now):
            writer.field("t", "outcome")
            writer.field("at", time)
            writer.field("id", status.id)
            if let instance = status.instance {
                writer.field("agent", instance.agent)
                writer.field("instance", instance.instance)
            }
            writer.field("status", status.status)
            writer.field("took_ms", status.tookMS)
            writer.field("detail", status.detail, max: WireLimits.textBytes)
            Self.write(now, as: "now", to: &writer)
        case .omission(let detail):
            writer.field("t", "omission")
            writer.field("at", time)
            writer.field("detail", detail, max: WireLimits.textBytes)
        }
        writer.endObject()
        writer.newline()
        return writer.bytes
    }

    /// The time of a line that ``line(at:)`` has encoded, in Unix milliseconds, from its first bytes.
    static func time(of beginning: [UInt8]) -> Int64? {
        let text = String(decoding: beginning, as: UTF8.self)
        guard let at = text.firstRange(of: "\"at\":") else { return nil }
        return Int64(text[at.upperBound...].prefix { $0.isWholeNumber })
    }

    private static func write(
        _ value: Value?, as name: StaticString, to writer: inout JSONWriter
    ) {
        switch value {
        case .state(let state): writer.field(name, state)
        case .number(let number): writer.field(name, number)
        case nil: break
        }
    }
}

extension StrategyRecord {
    /// The value that an order changes. `nil` if it changes none.
    func value(for order: Order) -> AuditEntry.Value? {
        switch order {
        case .open, .reset, .halfOpen, .disable, .enable:
            breaker.map { .state($0.state) }
        case .setLimit(let name, _):
            limits.first { $0.name == name }.map { .number($0.value) }
        case .tap, .unknown:
            nil
        }
    }
}

/// An operator's order: from an operator with an address, to an agent with a strategy's name, and in
/// the stream with who gave it.
public struct Command: Equatable, Sendable {
    /// Whom a command is for.
    public enum Target: Equatable, Sendable {
        /// On an agent's socket: `s`, a strategy of that agent, by the name that the agent sent.
        case strategy(String)
        /// From an operator and in the stream: `to`, an address.
        case address(String)
    }

    /// What is to be done.
    public enum Order: Equatable, Sendable {
        /// Force open; for a time in milliseconds, after which it probes, or until reset.
        case open(forMS: Int64?)
        case reset
        case halfOpen
        case disable
        case enable
        /// Set and pin a limit; without a value (`"auto":true`), give it back to the strategy.
        case setLimit(name: String, value: Double?)
        /// Send `call` lines for a time in milliseconds.
        case tap(forMS: Int64?)
        /// One that this version does not know, by its word; answered with `unsupported`.
        case unknown(String)
    }

    /// The command's identity, 1 to 128 bytes: acted on once, however often it arrives.
    public var id: String
    /// Whom it is for.
    public var target: Target
    /// What is to be done.
    public var order: Order
    /// Act only while the breaker is at this version.
    public var ifVersion: Int?
    /// CLOCK_MONOTONIC milliseconds past which an agent does not act; set by the hub.
    public var expiresMonoMS: Int64?
    /// Unix milliseconds by the hub's time (`at`) past which who gave it does not wait any more; from
    /// an operator only.
    public var expiresAt: Int64?
    /// Why, in the operator's words, at most 1,024 bytes.
    public var reason: String?
    /// Who gave it; set by the hub, in the stream only.
    public var who: String?
    /// The standing order that the hub renews by it; in the stream only.
    public var standing: String?
    /// Whether the audit log has it; set by the hub, in the stream only.
    public var isAudited: Bool

    /// An operator's order.
    public init(
        id: String, target: Target, order: Order, ifVersion: Int? = nil,
        expiresMonoMS: Int64? = nil, expiresAt: Int64? = nil, reason: String? = nil,
        who: String? = nil, standing: String? = nil, isAudited: Bool = true
    ) {
        self.id = id
        self.target = target
        self.order = order
        self.ifVersion = ifVersion
        self.expiresMonoMS = expiresMonoMS
        self.expiresAt = expiresAt
        self.reason = reason
        self.who = who
        self.standing = standing
        self.isAudited = isAudited
    }
}

extension Command.Order {
    /// The action that the order asks for; `nil` where this version does not know it.
    public var action: Action? {
        switch self {
        case .open: .open
        case .reset: .reset
        case .halfOpen: .halfOpen
        case .disable: .disable
        case .enable: .enable
        case .setLimit: .setLimit
        case .tap: .tap
        case .unknown: nil
        }
    }

    /// The order's word on the wire.
    public var word: String {
        if case .unknown(let word) = self { word } else { action?.rawValue ?? "" }
    }
}

/// An agent's answer to a command.
public struct Ack: Equatable, Sendable {
    /// What the agent answers.
    public enum Answer: Equatable, Sendable {
        /// Done; the breaker's version after it, where it has one.
        case ok(version: Int?)
        case refused(code: RefusalCode, detail: String)
    }

    /// The command's identity.
    public var id: String
    /// What the agent says.
    public var answer: Answer

    /// An answer to a command.
    public init(id: String, _ answer: Answer) {
        self.id = id
        self.answer = answer
    }
}

/// Why an agent did not act. A code that this version does not know reads as ``refused``.
public enum RefusalCode: String, Equatable, Sendable, CaseIterable {
    case refused
    /// Another version than `if_version`.
    case conflict
    case unknownStrategy = "unknown_strategy"
    case unsupported
    case expired
}

/// What became of a command at one instance.
public struct CommandStatus: Equatable, Sendable {
    /// The stations of a command's life that are reported.
    public enum Status: String, Equatable, Sendable, CaseIterable {
        case sent
        case acked
        case refused
        case timedOut = "timed_out"
        case noAgent = "no_agent"
        /// An answer after the command had timed out.
        case late
    }

    /// The command's identity.
    public var id: String
    /// The instance; absent where no agent was found. On the wire, the line's `agent`, `instance`.
    public var instance: InstanceID?
    /// The station.
    public var status: Status
    /// Milliseconds from sending to the answer; absent where there is none.
    public var tookMS: Double?
    /// The agent's or the hub's words.
    public var detail: String?

    /// A station of a command's life.
    public init(
        id: String, instance: InstanceID? = nil, status: Status, tookMS: Double? = nil,
        detail: String? = nil
    ) {
        self.id = id
        self.instance = instance
        self.status = status
        self.tookMS = tookMS
        self.detail = detail
    }
}

/// A command is over at every instance.
public struct CommandDone: Equatable, Sendable {
    /// The command's identity.
    public var id: String
    /// Instances that did it.
    public var acked: Int
    /// Instances that did not.
    public var failed: Int

    /// The end of a command.
    public init(id: String, acked: Int, failed: Int) {
        self.id = id
        self.acked = acked
        self.failed = failed
    }
}

/// An operator's order. An operator sends it with an address, an agent receives it with a
/// strategy's name, and the stream shows it with its sender.
public struct Command: Equatable, Sendable {
    /// The receiver of a command.
    public enum Target: Equatable, Sendable {
        /// On an agent's socket: `s`, a strategy of that agent, by the name that the agent sent.
        case strategy(String)
        /// From an operator and in the stream: `to`, an address.
        case address(String)
    }

    /// The action and its values.
    public enum Order: Equatable, Sendable {
        /// Force the breaker open: for a time in milliseconds, after which it probes, or until a
        /// reset.
        case open(forMS: Int64?)
        case reset
        case halfOpen
        case disable
        case enable
        /// Set and pin a limit; without a value (`"auto":true`), give it back to the strategy.
        case setLimit(name: String, value: Double?)
        /// Send `call` lines for a time in milliseconds.
        case tap(forMS: Int64?)
        /// An order that this version does not know, with its word on the wire. An agent answers
        /// `unsupported`.
        case unknown(String)
    }

    /// The command's identity, 1 to 128 bytes. An agent acts on it once, however often it arrives.
    public var id: String
    /// The receiver.
    public var target: Target
    /// The action and its values.
    public var order: Order
    /// The breaker version at which to act; at any other version the agent answers `conflict`.
    public var ifVersion: Int?
    /// The CLOCK_MONOTONIC time in milliseconds after which the agent does not act. The hub sets
    /// it.
    public var expiresMonoMS: Int64?
    /// The time after which the sender no longer waits, in Unix milliseconds of the hub's clock
    /// (`at`). Only operators send it.
    public var expiresAt: Int64?
    /// Why, in the operator's words, at most 1,024 bytes.
    public var reason: String?
    /// The operator's name. The hub sets it, in the stream only.
    public var who: String?
    /// The standing order that the hub renews with this command; in the stream only.
    public var standing: String?
    /// Whether the audit log contains the command. The hub sets it, in the stream only.
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
    /// The action that the order needs; `nil` if this version does not know the order.
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

    /// The order's name on the wire.
    public var word: String {
        if case .unknown(let word) = self { word } else { action?.rawValue ?? "" }
    }
}

/// An agent's answer to a command.
public struct Ack: Equatable, Sendable {
    /// The kinds of answers.
    public enum Answer: Equatable, Sendable {
        /// The order was carried out. The version is that of the breaker afterwards; absent without
        /// a breaker.
        case ok(version: Int?)
        case refused(code: RefusalCode, detail: String)
    }

    /// The command's identity.
    public var id: String
    /// The agent's answer.
    public var answer: Answer

    /// An answer to a command.
    public init(id: String, _ answer: Answer) {
        self.id = id
        self.answer = answer
    }
}

/// The reason why an agent did not act. A code that this version does not know is read as
/// ``refused``.
public enum RefusalCode: String, Equatable, Sendable, CaseIterable {
    case refused
    /// The breaker's version differs from `if_version`.
    case conflict
    case unknownStrategy = "unknown_strategy"
    case unsupported
    case expired
}

/// The progress of a command at one instance.
public struct CommandStatus: Equatable, Sendable {
    /// The stages of a command that the hub reports.
    public enum Status: String, Equatable, Sendable, CaseIterable {
        case sent
        case acked
        case refused
        case timedOut = "timed_out"
        case noAgent = "no_agent"
        /// The agent answered after the command had timed out.
        case late
    }

    /// The command's identity.
    public var id: String
    /// The instance; absent if no agent was found. On the wire, the line's `agent` and `instance`.
    public var instance: InstanceID?
    /// The stage.
    public var status: Status
    /// Milliseconds from sending to the answer; absent where there is none.
    public var tookMS: Double?
    /// The agent's or the hub's words.
    public var detail: String?

    /// Creates a report of a stage.
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

/// A command has ended at every instance.
public struct CommandDone: Equatable, Sendable {
    /// The command's identity.
    public var id: String
    /// The number of instances that carried it out.
    public var acked: Int
    /// The number of instances that did not.
    public var failed: Int

    /// The end of a command.
    public init(id: String, acked: Int, failed: Int) {
        self.id = id
        self.acked = acked
        self.failed = failed
    }
}

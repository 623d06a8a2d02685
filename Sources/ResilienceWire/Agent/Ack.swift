/// An agent's answer to a command, or its report that it applied an ``AgentOrder``.
public struct Ack: Equatable, Sendable {
    /// The kinds of answers.
    public enum Answer: Equatable, Sendable {
        /// The order was carried out. The version is that of the breaker afterwards; absent without
        /// a breaker.
        case ok(version: Int?)
        case refused(code: RefusalCode, detail: String)
    }

    /// The identity of the command or order.
    public var id: String
    /// The agent's answer.
    public var answer: Answer
    /// The strategy to which the agent applied an order of the orders file, by the name that the
    /// agent sent; absent in an answer to a command.
    public var strategy: String?

    /// An answer to a command, or the application of an order to a strategy.
    public init(id: String, _ answer: Answer, strategy: String? = nil) {
        self.id = id
        self.answer = answer
        self.strategy = strategy
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

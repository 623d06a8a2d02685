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

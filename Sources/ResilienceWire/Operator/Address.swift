/// Where an order goes: `AGENT:STRATEGY`, `AGENT@INSTANCE:STRATEGY`, `*:STRATEGY`, or with several
/// hubs `HUB/*:STRATEGY`.
public struct Address: Equatable, Sendable, CustomStringConvertible {
    /// Which agents.
    public enum Agents: Equatable, Sendable {
        /// `*`: all agents that have the strategy.
        case all
        /// `HUB/*`: all agents of one hub. The payload is the prefix of their names, which ends in
        /// `/`.
        case within(String)
        /// Every running instance of the agent.
        case named(String)
        /// The one instance of the agent whose identity begins with these hexadecimal digits, at
        /// least four.
        case instance(String, prefix: String)
        /// None: the text is no address, for example in a file edited by hand. It is kept so that it
        /// can be shown.
        case none(text: String, why: Malformed)
    }

    /// The error for a text that is not an address.
    public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
        /// The message: the part that is wrong, and the expected form.
        public let description: String
    }

    /// Which agents.
    public let agents: Agents
    /// The strategy's name.
    public let strategy: String

    /// Parses an address. A strategy's name may contain `:` and `@`; an agent's may not.
    public init(_ text: String) throws(Malformed) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw Malformed(
                description: "'\(text)' is not an address; expected AGENT:STRATEGY, "
                    + "AGENT@INSTANCE:STRATEGY or *:STRATEGY")
        }
        strategy = String(parts[1])
        if parts[0] == "*" {
            agents = .all
            return
        }
        if parts[0].hasSuffix("/*") {
            agents = .within(String(parts[0].dropLast()))
            return
        }
        let names = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard names.count == 2 else {
            agents = .named(String(parts[0]))
            return
        }
        guard !names[0].isEmpty, names[1].utf8.count >= 4, names[1].allSatisfy(\.isHexDigit) else {
            throw Malformed(
                description: "'\(names[1])' is no instance; expected at least four of its "
                    + "hexadecimal digits")
        }
        agents = .instance(String(names[0]), prefix: names[1].lowercased())
    }

    /// Parses an address from outside. A text that is no address matches nothing.
    public init(lenient text: String) {
        do throws(Malformed) {
            try self.init(text)
        } catch {
            self.init(.none(text: text, why: error), "")
        }
    }

    private init(_ agents: Agents, _ strategy: String) {
        self.agents = agents
        self.strategy = strategy
    }

    /// The address of a strategy in one instance.
    public init(_ id: InstanceID, _ strategy: String) {
        self.init(.instance(id.agent, prefix: "\(id.instance)"), strategy)
    }

    /// An address that matches nothing, to be replaced by that of a line.
    static let nowhere = Address(lenient: "")

    /// Creates the address of a strategy in all instances of an agent.
    public init(agent: String, strategy: String) {
        self.init(.named(agent), strategy)
    }

    /// Whether the text was no address.
    public var matchesNothing: Bool {
        if case .none = agents { true } else { false }
    }

    /// Whether the address matches a strategy of an instance.
    public func includes(_ id: InstanceID, _ strategy: String) -> Bool {
        guard strategy == self.strategy else { return false }
        switch agents {
        case .all: return true
        case .within(let prefix): return id.agent.hasPrefix(prefix)
        case .named(let name): return id.agent == name
        case .instance(let name, let prefix):
            return id.agent == name && id.instance.hasPrefix(prefix)
        case .none: return false
        }
    }

    /// Whether the address matches everything that another address matches.
    public func covers(_ other: Address) -> Bool {
        guard strategy == other.strategy else { return false }
        return switch (agents, other.agents) {
        case (.all, _): true
        case (.within(let prefix), .within(let name)), (.within(let prefix), .named(let name)),
            (.within(let prefix), .instance(let name, _)):
            name.hasPrefix(prefix)
        case (.named(let name), .named(let other)), (.named(let name), .instance(let other, _)):
            name == other
        case (.instance(let name, let prefix), .instance(let other, let longer)):
            name == other && longer.hasPrefix(prefix)
        case (.within, .all), (.named, .all), (.named, .within), (.instance, .all),
            (.instance, .within), (.instance, .named), (.none, _), (_, .none):
            false
        }
    }

    /// The address in the form that operators type.
    public var description: String {
        switch agents {
        case .all: "*:\(strategy)"
        case .within(let prefix): "\(prefix)*:\(strategy)"
        case .named(let agent): "\(agent):\(strategy)"
        case .instance(let agent, let prefix): "\(agent)@\(prefix):\(strategy)"
        case .none(let text, _): text
        }
    }
}

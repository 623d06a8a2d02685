public import ResilienceWire

extension Fleet {
    /// The result of resolving an address.
    public enum Resolution: Equatable, Sendable {
        /// The connected instances that the address matches, sorted.
        case found([InstanceID])
        /// No instance, or an ambiguous prefix. The detail lists the addresses or instances that
        /// exist.
        case nothing(detail: String)
    }

    /// Finds the connected instances that an address matches.
    public func resolve(_ address: Address) -> Resolution {
        if case .none(_, let why) = address.agents {
            return .nothing(detail: why.description)
        }
        let connected = agents.values.filter { $0.state != .gone }
        let named = connected.filter { address.includes($0.id, address.strategy) }
        let found = named.filter { $0.strategies[address.strategy] != nil }.map(\.id).sorted()
        if case .instance(_, let prefix) = address.agents, found.count > 1 {
            return .nothing(
                detail: "\(found.count) instances begin with \(prefix): "
                    + found.map(digits).joined(separator: ", "))
        }
        guard found.isEmpty else { return .found(found) }
        let known = (named.isEmpty ? Array(connected) : named).flatMap { agent in
            agent.strategies.keys.map { "\(agent.id.agent):\($0)" }
        }
        let names = Set(known).sorted()
        let listed = names.prefix(20).joined(separator: ", ")
        let more = names.count > 20 ? ", and \(names.count - 20) more" : ""
        return .nothing(
            detail: names.isEmpty
                ? "no agents are connected"
                : "no such agent or strategy; there are: \(listed)\(more)")
    }
}

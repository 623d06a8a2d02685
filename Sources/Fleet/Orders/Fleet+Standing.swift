public import ResilienceWire

// Standing orders are kept by address and sent to instances that connect later. The decisions are
// made here, from the present fleet; the returned messages change the fleet when they are applied.

extension Fleet {
    /// A standing order with the time since which it holds.
    public struct Standing: Equatable, Sendable {
        /// The order.
        public let order: StandingOrder
        /// The time at which the order was given, in Unix milliseconds.
        public let at: Int64
        /// Where it goes.
        public var address: Address { order.address }
    }

    /// What a command goes to.
    public enum Reach: Equatable, Sendable {
        /// The connected instances that the address matches, sorted.
        case found([InstanceID])
        /// No instance, but the command changes the standing orders. The detail says how.
        case standing(detail: String)
        /// Nothing. The detail lists the addresses or instances that exist.
        case nothing(detail: String)
    }

    /// Adds a standing order. It replaces an order with the same id.
    mutating func hold(_ order: StandingOrder, since time: Int64) {
        release(order.id)
        let added = Standing(order: order, at: time)
        standing.append(added)
        standingByStrategy[order.address.strategy, default: []].append(added)
    }

    /// Removes a standing order.
    mutating func release(_ id: String) {
        guard let index = standing.firstIndex(where: { $0.order.id == id }) else { return }
        let strategy = standing.remove(at: index).address.strategy
        guard var others = standingByStrategy[strategy] else { return }
        others.removeAll { $0.order.id == id }
        standingByStrategy[strategy] = others.isEmpty ? nil : others
    }

    /// The changes to the standing orders when a command takes effect.
    ///
    /// The command ends the standing orders that it covers. A forced-open or disabled breaker and a
    /// pinned limit become standing orders. A reset of only a part of what an order covers is kept
    /// as an exception from it.
    public func standingChanges(by command: StreamCommand, at now: Int64) -> [StreamMessage] {
        guard command.standing == nil, let effect = Effect(command.order) else { return [] }
        let address = command.address
        let same = standing.filter { $0.effect?.facet == effect.facet }
        let covered = same.filter { $0.address.matchesNothing || address.covers($0.address) }
        let who = command.who.map { " by \($0)" } ?? ""
        var changes = covered.map { $0.end("\(command.order.word)\(who)") }
        let rest = same.filter { standing in !covered.contains(standing) }
        guard effect.holds || rest.contains(where: { $0.address.covers(address) }) else {
            return changes
        }
        var order = StandingOrder(
            id: command.id, address: address, order: command.order, who: command.who,
            reason: command.reason)
        if case .open(let milliseconds) = command.order {
            order.order = .open(forMS: nil)
            order.until = milliseconds.map { now + $0 }
        }
        changes.append(.standing(order))
        return changes
    }

    /// The standing orders that hold, as agents read them from the orders file, oldest first. Orders
    /// for single instances are left out: an instance is new at each start of a process.
    public func agentOrders() -> [AgentOrder] {
        standing.enumerated().compactMap { index, one in
            guard one.holds, let agents = one.address.agentPattern else { return nil }
            let except = standing[(index + 1)...].filter {
                !$0.holds && $0.effect?.facet == one.effect?.facet
                    && one.address.covers($0.address)
            }
            let order = one.order
            return AgentOrder(
                id: order.id, agents: agents, except: except.compactMap(\.address.agentPattern),
                strategy: one.address.strategy, order: order.order,
                until: order.until, reason: order.reason)
        }
    }

    /// Finds the connected instances that an order goes to. Without any, an order that ends standing
    /// orders still takes effect, and one that holds does so if it is wanted for later agents.
    ///
    /// - Parameter holdsLater: whether the operator wants the order to hold for agents that connect
    ///   later, although its address matches none now.
    public func reach(of command: StreamCommand, holdsLater: Bool) -> Reach {
        let detail: String
        switch resolve(command.address) {
        case .found(let instances): return .found(instances)
        case .nothing(let why): detail = why
        }
        guard command.ifVersion == nil, let effect = Effect(command.order) else {
            return .nothing(detail: detail)
        }
        if effect.holds {
            guard holdsLater, command.address.agentPattern != nil else {
                return .nothing(detail: detail)
            }
            return .standing(detail: "covers none now; holds for agents to come")
        }
        let changes = standingChanges(by: command, at: at)
        guard !changes.isEmpty else { return .nothing(detail: detail) }
        let ended = changes.count { if case .standingEnd = $0 { true } else { false } }
        return .standing(
            detail: "covers none now; "
                + (ended == 0
                    ? "excepted from a standing order"
                    : "\(Format.counted(ended, "standing order")) ended"))
    }

    /// The ends of standing orders that have expired, and of exceptions from orders that no longer
    /// exist.
    public func standingOver(at now: Int64) -> [StreamMessage] {
        let over = standing.filter { $0.order.until.map { $0 <= now } ?? false }
        guard !over.isEmpty || standing.contains(where: { !$0.holds }) else { return [] }
        let left = standing.filter { !over.contains($0) }
        let idle = left.filter { exception in
            guard let effect = exception.effect, !effect.holds,
                !exception.address.matchesNothing
            else { return false }
            return !left.contains {
                $0.effect?.facet == effect.facet && $0.effect?.holds == true
                    && $0.address.covers(exception.address)
            }
        }
        return over.map { $0.end("its time is over") }
            + idle.map { $0.end("what it excepted from is over") }
    }

    /// Whether there is a standing order for strategies of this name. Most strategies have none.
    public func hasStanding(_ strategy: String) -> Bool { standingByStrategy[strategy] != nil }

    /// The standing orders that apply to an instance's strategy and are not in force there yet.
    public func owed(to id: InstanceID, _ strategy: String, at now: Int64) -> [Standing] {
        guard let record = agents[id]?.strategies[strategy] else { return [] }
        var latest: [Facet: Standing] = [:]
        for one in standingByStrategy[strategy] ?? []
        where one.address.includes(id, strategy) {
            if let facet = one.effect?.facet { latest[facet] = one }
        }
        return latest.values.filter { one in
            one.effect?.holds == true && one.order.until.map { $0 > now } ?? true
                && record.rejection(of: one.order.order) == nil && !record.isUnder(one.order.order)
        }.sorted { $0.at < $1.at }
    }

    /// The thing that an order controls. An order replaces others of the same facet.
    enum Facet: Hashable {
        case breaker
        case limit(String)
    }

    /// The effect of an order on instances that connect later.
    struct Effect: Equatable {
        let facet: Facet
        /// Whether the order also applies to later instances. `false`: it ends such orders.
        let holds: Bool

        init?(_ order: Order) {
            switch order {
            case .open, .disable: self.init(.breaker, holds: true)
            case .reset, .halfOpen, .enable: self.init(.breaker, holds: false)
            case .setLimit(let name, let value): self.init(.limit(name), holds: value != nil)
            case .tap, .unknown: return nil
            }
        }

        private init(_ facet: Facet, holds: Bool) {
            self.facet = facet
            self.holds = holds
        }
    }
}

extension Order {
    /// Whether the hub also gives the order to agents that connect later.
    public var isStanding: Bool { Fleet.Effect(self)?.holds == true }
}

extension Address {
    /// The agents in the form of ``AgentOrder``; `nil` for a single instance and for a text that is
    /// no address.
    var agentPattern: String? {
        switch agents {
        case .all: "*"
        case .within(let prefix): prefix + "*"
        case .named(let agent): agent
        case .instance, .none: nil
        }
    }
}

extension Fleet.Standing {
    /// Whether the order applies to later instances; `false` for an exception from another order.
    public var holds: Bool { effect?.holds ?? false }

    var effect: Fleet.Effect? { Fleet.Effect(order.order) }

    func end(_ why: String) -> StreamMessage {
        .standingEnd(StandingEnd(id: order.id, address: order.address, why: why))
    }
}

extension StrategyRecord {
    /// Whether an order is already in force.
    fileprivate func isUnder(_ order: Order) -> Bool {
        switch order {
        case .open: breaker == nil || breaker?.state == .forcedOpen
        case .disable: breaker == nil || breaker?.state == .disabled
        case .setLimit(let name, let value):
            limits.first { $0.name == name }.map { $0.pinned && $0.value == value } ?? true
        case .reset, .halfOpen, .enable, .tap, .unknown: true
        }
    }
}

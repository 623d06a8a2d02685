public import ResilienceWire

// Standing orders: kept by address, given to instances that come later or come back. All of it is
// decided here, from the fleet as it is; the messages that are returned are what changes it.

extension Fleet {
    /// An order that holds, and since when, in Unix milliseconds.
    public struct Standing: Equatable, Sendable {
        /// The order.
        public let order: StandingOrder
        /// When it was given.
        public let at: Int64
        /// Its address; `nil` where a file was changed by hand to what is none.
        public let address: Address?

        init(order: StandingOrder, at: Int64) {
            self.order = order
            self.at = at
            address = try? Address(order.address)
        }
    }

    /// An order holds from a time on; another of the same id no longer.
    mutating func hold(_ order: StandingOrder, since time: Int64) {
        release(order.id)
        let added = Standing(order: order, at: time)
        standing.append(added)
        guard let strategy = added.address?.strategy else { return }
        standingByStrategy[strategy, default: []].append(added)
    }

    /// An order holds no longer.
    mutating func release(_ id: String) {
        guard let index = standing.firstIndex(where: { $0.order.id == id }) else { return }
        let strategy = standing.remove(at: index).address?.strategy
        guard let strategy, var others = standingByStrategy[strategy] else { return }
        others.removeAll { $0.order.id == id }
        standingByStrategy[strategy] = others.isEmpty ? nil : others
    }

    /// What an order that at least one instance has carried out changes in what holds.
    ///
    /// It ends what it covers. A forced or disabled breaker and a pinned limit then hold in its
    /// place; a reset of a part of what an order covers is kept as an exception from it.
    public func standingChanges(by command: Command, at now: Int64) -> [Message] {
        guard command.standing == nil, case .address(let text) = command.target,
            let address = try? Address(text), let effect = Effect(command.order)
        else { return [] }
        let same = standing.filter { $0.effect?.facet == effect.facet }
        let covered = same.filter { $0.address.map(address.covers) ?? true }
        let who = command.who.map { " by \($0)" } ?? ""
        var changes = covered.map { $0.end("\(command.order.word)\(who)") }
        let rest = same.filter { standing in !covered.contains(standing) }
        guard effect.holds || rest.contains(where: { $0.address?.covers(address) ?? false }) else {
            return changes
        }
        var order = StandingOrder(
            id: command.id, address: text, order: command.order, who: command.who,
            reason: command.reason)
        if case .open(let milliseconds) = command.order {
            order.order = .open(forMS: nil)
            order.until = milliseconds.map { now + $0 }
        }
        changes.append(.standing(order))
        return changes
    }

    /// Standing orders whose time is over, and exceptions from nothing.
    public func standingOver(at now: Int64) -> [Message] {
        let over = standing.filter { $0.order.until.map { $0 <= now } ?? false }
        let left = standing.filter { !over.contains($0) }
        let idle = left.filter { exception in
            guard let effect = exception.effect, !effect.holds, let address = exception.address
            else { return false }
            return !left.contains {
                $0.effect?.facet == effect.facet && $0.effect?.holds == true
                    && $0.address?.covers(address) == true
            }
        }
        return over.map { $0.end("its time is over") }
            + idle.map { $0.end("what it excepted from is over") }
    }

    /// The orders that hold for an instance's strategy and are not in force there, with the time
    /// that is left of them.
    public func owed(to id: InstanceID, _ strategy: String, at now: Int64) -> [Standing] {
        guard let record = agents[id]?.strategies[strategy] else { return [] }
        var latest: [Facet: Standing] = [:]
        for one in standingByStrategy[strategy] ?? []
        where one.address?.includes(id, strategy) == true {
            if let facet = one.effect?.facet { latest[facet] = one }
        }
        return latest.values.filter { one in
            one.effect?.holds == true && one.order.until.map { $0 > now } ?? true
                && record.canObey(one.order.order) && !record.isUnder(one.order.order)
        }.sorted { $0.at < $1.at }
    }

    /// What an order is about: it takes the place of others about the same.
    enum Facet: Hashable {
        case breaker
        case limit(String)
    }

    /// What an order means for those to come.
    struct Effect: Equatable {
        let facet: Facet
        /// Whether it holds for those to come, or ends what does.
        let holds: Bool

        init?(_ order: Command.Order) {
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

extension Fleet.Standing {
    /// Whether it holds for those to come; `false` for an exception from another.
    public var holds: Bool { effect?.holds ?? false }

    var effect: Fleet.Effect? { Fleet.Effect(order.order) }

    func end(_ why: String) -> Message {
        .standingEnd(StandingEnd(id: order.id, address: order.address, why: why))
    }
}

extension StrategyRecord {
    fileprivate func canObey(_ order: Command.Order) -> Bool {
        order.action.map(can.contains) ?? false
    }

    /// Whether an order is in force already.
    fileprivate func isUnder(_ order: Command.Order) -> Bool {
        switch order {
        case .open: breaker == nil || breaker?.state == .forcedOpen
        case .disable: breaker == nil || breaker?.state == .disabled
        case .setLimit(let name, let value):
            limits.first { $0.name == name }.map { $0.pinned && $0.value == value } ?? true
        case .reset, .halfOpen, .enable, .tap, .unknown: true
        }
    }
}

import Fleet
import ResilienceWire

// Standing orders: sending them again, ending them, storing them.

extension Hub {
    /// Sends a strategy the standing orders that apply to it but are not in force there.
    func renew(_ strategy: String, at id: InstanceID) {
        guard fleet.hasStanding(strategy) else { return }
        let now = clock.at
        let address = Address(id, strategy)
        for standing in fleet.owed(to: id, strategy, at: now) {
            let isAsked = tracker.isWaitingOrRefused { command in
                command.standing == standing.order.id
                    && command.address == address
            }
            guard !isAsked else { continue }
            let key = Renewals.Key(order: standing.order.id, instance: id, strategy: strategy)
            guard let count = renewals.renew(key, at: HubClock.monotonicMS) else { continue }
            if count == Renewals.patience { tellDisobedience(key, standing.order.order) }
            // The id contains this hub's start time: an agent would repeat its old answer to an id
            // of an earlier hub.
            let stem = WireLimits.cut(standing.order.id, to: WireLimits.nameBytes - 40)
            var command = StreamCommand(
                id: "\(stem)~\(id.instance.prefix(8))~\(clock.start)-\(renewals.count)",
                address: address, order: standing.order.order, reason: standing.order.reason,
                who: standing.order.who, standing: standing.order.id)
            if case .open = command.order {
                command.order = .open(forMS: standing.order.until.map { $0 - now })
            }
            perform(
                tracker.submit(
                    command, .found([id]), by: nil, now: HubClock.monotonicMS))
        }
    }

    /// Forgets renewals of orders that have ended or are followed, and renewals at instances that
    /// are gone.
    func settleRenewals() {
        guard !renewals.isEmpty else { return }
        let standing = Set(fleet.standing.lazy.map(\.order.id))
        let over = renewals.forget(at: HubClock.monotonicMS) { key in
            guard let agent = fleet.agents[key.instance], agent.state != .gone,
                standing.contains(key.order)
            else { return .over }
            let owed = fleet.owed(to: key.instance, key.strategy, at: clock.at)
            return owed.contains { $0.order.id == key.order } ? .owed : .followed
        }
        for key in over { tellDisobedience(key, nil) }
    }

    /// Publishes an alert about an agent that answers an order but does not carry it out.
    ///
    /// - Parameter order: the order; `nil` ends the alert.
    private func tellDisobedience(_ key: Renewals.Key, _ order: Order?) {
        let id = key.instance
        let times = Renewals.patience
        publish(
            .alert(
                Alert(
                    id: "disobeyed-\(id.instance.prefix(8))-\(key.order)", rule: "disobeyed",
                    firing: order != nil,
                    about: "\(id.agent)@\(id.instance.prefix(8)):\(key.strategy)",
                    detail: order.map {
                        "was sent '\($0.word)' \(times) times but does not follow it"
                    } ?? "the order is in force or has ended, or the agent is gone")))
    }

    /// Ends the standing orders that have expired.
    func endStanding() {
        let over = fleet.standingOver(at: clock.at)
        guard !over.isEmpty else { return }
        for message in over { publish(message) }
        saveStanding()
    }

    /// Every five seconds, sends standing orders to instances that missed them, and repeats failed
    /// writes.
    func keepStandingInForce(_ now: Double) {
        guard renewals.isCheckDue(at: now) else { return }
        if storage.failures[.standing] != nil || storage.failures[.orders] != nil {
            saveStanding()
        }
        if storage.failures[.alerts] != nil { keepAlerts() }
        settleRenewals()
        guard !fleet.standing.isEmpty else { return }
        for agent in agents.sessions.values where !agent.isStale {
            guard let id = agent.id else { continue }
            for strategy in agent.strategies.declared { renew(strategy, at: id) }
        }
    }

    private func saveStanding() {
        let (contents, revision) = standingContents()
        write(contents) { hub in
            if let revision { hub.announceOrders(revision) }
        }
    }

    /// The contents of the files of standing orders, and the revision of the agents' one. `nil` if
    /// that one stays as it is.
    func standingContents() -> (contents: [DurableStore.File: [UInt8]], revision: String?) {
        guard let (lines, revision) = ordersFile() else {
            return ([.standing: standingLines()], nil)
        }
        return ([.standing: standingLines(), .orders: lines], revision)
    }

    /// Restores the standing orders that an earlier hub saved.
    func recallStanding() {
        for line in recall(.standing) {
            if case .standing = line.message { fleet.apply(line) }
        }
    }

    /// The standing orders as they are stored.
    func standingLines() -> [UInt8] {
        var bytes: [UInt8] = []
        for standing in fleet.standing {
            Line(at: standing.at, .standing(standing.order)).encode(into: &bytes)
        }
        return bytes
    }
}

import ResilienceWire

extension Fleet {
    /// Joins the fleets of several hubs into one. Each agent is named `HUB/AGENT`.
    ///
    /// - Parameters:
    ///   - told: further journal lines, from no hub.
    ///   - isLeftOut: returns `true` for lines of the hubs' journals to leave out.
    init(
        joining fleets: [(hub: String, fleet: Fleet)], telling told: [Line] = [],
        without isLeftOut: (Line) -> Bool = { _ in false }
    ) {
        self.init()
        var orders: [Standing] = []
        for (hub, fleet) in fleets {
            for agent in fleet.agents.values {
                let id = agent.id.namespaced(by: hub)
                if agents.updateValue(agent.called(id), forKey: id) == nil { heads.add(id) }
                if agent.state == .gone { gone.add(id, since: agent.since) }
            }
            orders += fleet.standing.map {
                Standing(order: $0.order.namespaced(by: hub), at: $0.at)
            }
            alerts += fleet.alerts.map {
                FiringAlert(alert: $0.alert.namespaced(by: hub), since: $0.since)
            }
            journal += fleet.journal.filter { !isLeftOut($0) }.map { $0.namespaced(by: hub) }
            at = max(at, fleet.at)
        }
        journal += told
        for one in orders.sorted(by: { $0.at < $1.at }) { hold(one.order, since: one.at) }
        alerts.sort { $0.since < $1.since }
        journal.sort { $0.at ?? 0 < $1.at ?? 0 }
        journal = journal.suffix(Self.journalLimit)
    }
}

extension AgentRecord {
    fileprivate func called(_ id: InstanceID) -> AgentRecord {
        var agent = self
        agent.id = id
        return agent
    }
}

import Fleet
import NIOCore
import ResilienceWire
import Sockets

// Connections over the share of their role: the hub refuses them and names who has most of them.

extension Hub {
    /// The time after the first refusal until the alert about it. By then the hub has read who the
    /// newest peers are.
    private static let naming = TimeAmount.milliseconds(200)

    /// Why the newest connection of a role, which is already counted, has to be refused. `nil` if
    /// there is room for it. The first refusal leads to an alert.
    func refusalIfFull(_ role: SocketRole) -> Refusal? {
        let most = descriptors[role]
        guard connections(of: role) > most else { return nil }
        if listening.refused.fire(role, at: HubClock.monotonicMS) {
            loop.scheduleTask(in: Self.naming) { [weak self] in
                self?.assumeIsolated { hub in
                    hub.tellFull(
                        role, isFiring: true,
                        "\(hub.mostConnected(role)) of the \(most) connections for \(role.peers); "
                            + "more are refused: end some, or raise the limits of \(hub.limits)")
                }
            }
        }
        return Refusal(
            code: "full",
            detail: "this hub has room for \(most) \(role.peers), by its limits of \(limits): "
                + "try again later")
    }

    /// Ends the alerts of roles without a refusal for a while.
    func endFull(_ now: Double) {
        for (role, count) in listening.refused.end(at: now) {
            tellFull(role, isFiring: false, "\(count) \(role.peers) were refused, none for 60 s")
        }
    }

    /// The limits on connections, and how to set them.
    private var limits: String {
        "\(descriptors.limit) open files (LimitNOFILE, ulimit -n) and \(memory.bytes / 1_000_000) MB "
            + "(--memory)"
    }

    private func connections(of role: SocketRole) -> Int {
        switch role {
        case .agent: agents.sessions.count
        case .view, .operator: viewers.values.count { $0.mayCommand == (role == .operator) }
        }
    }

    /// The agent, or the process of viewers or operators, that has most connections of a role, and
    /// their number, in words.
    private func mostConnected(_ role: SocketRole) -> String {
        let names =
            switch role {
            case .agent:
                agents.sessions.values.map { session in
                    session.id.map { "agent '\($0.agent)'" }
                        ?? session.uid.map { "uid \($0)" } ?? "an unknown user"
                }
            case .view, .operator:
                viewers.values.filter { $0.mayCommand == (role == .operator) }
                    .map { "process \($0.user.pid) of \($0.user.name)" }
            }
        let most = mostFrequent(names)
        return "\(most.name) has \(most.count)"
    }

    /// The most frequent of some names, for messages about who causes a load.
    func mostFrequent(_ names: [String]) -> (name: String, count: Int) {
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.max { $0.value < $1.value }.map { ($0.key, $0.value) } ?? ("unknown", 0)
    }

    private func tellFull(_ role: SocketRole, isFiring: Bool, _ words: String) {
        announce("full", id: "full-\(role.rawValue)", isFiring: isFiring, words)
    }
}

extension SocketRole {
    /// The peers of this role, for messages.
    fileprivate var peers: String {
        switch self {
        case .agent: "agents"
        case .view: "viewers"
        case .operator: "operators"
        }
    }
}

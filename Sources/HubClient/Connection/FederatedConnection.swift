import Fleet
import Glibc
import ResilienceWire
package import Sockets
import Synchronization

/// Connects to several hubs and presents them as one connection. Reconnects to each lost hub until
/// all hubs are lost.
package final class FederatedConnection: Sendable {
    private struct Links {
        var federated: FederatedFleet
        var connections: [Int: HubConnection] = [:]
        /// Why each hub that does not answer does not, by its number.
        var reasons: [Int: String] = [:]
        var tasks: [Task<Void, Never>] = []
        var pace = ReadThrottle.atOnce
        var detail = MetricsDetail.full
        var isOver = false
    }

    /// The longest time that all hubs wait for the state of one.
    private static let patience = Duration.seconds(2)

    private let hubs: [(name: String, locator: HubLocator)]
    private let role: SocketRole
    private let links: Mutex<Links>
    private let lines = LineQueue()

    /// Connects to the hubs that answer.
    ///
    /// - Throws: ``HubLocator/NoHub`` if none answers.
    package static func connect(
        _ hubs: [(name: String, locator: HubLocator)], as role: SocketRole
    ) async throws(HubLocator.NoHub) -> HubConnection {
        let joined = FederatedConnection(hubs, role)
        var attempts: [HubLocator.Attempt] = []
        for (number, hub) in hubs.enumerated() {
            do throws(HubLocator.NoHub) {
                let (_, connection) = try await hub.locator.connect(as: role)
                joined.links.withLock { $0.connections[number] = connection }
            } catch {
                attempts += error.attempts
                joined.lose(number, "\(error.attempts.last?.error?.description ?? "no hub")")
            }
        }
        guard attempts.count < hubs.count else { throw HubLocator.NoHub(attempts: attempts) }
        return HubConnection(
            joined.lines.batches, deliver: { joined.deliver($0) },
            give: { joined.give($0, within: $1) }, setPace: { joined.read(at: $0) },
            end: { joined.end() }, outages: { joined.outages },
            notes: { joined.notes })
    }

    private init(_ hubs: [(name: String, locator: HubLocator)], _ role: SocketRole) {
        self.hubs = hubs
        self.role = role
        links = Mutex(Links(federated: FederatedFleet(hubs.map(\.name))))
    }

    /// The hubs that do not answer, with the reasons.
    private var outages: [HubOutage] {
        links.withLock { links in
            hubs.enumerated().compactMap { number, hub in
                if let why = links.reasons[number] {
                    HubOutage(name: hub.name, reason: .lost(why))
                } else {
                    links.connections[number]?.silentMS.map {
                        HubOutage(name: hub.name, reason: .silent(forMS: $0))
                    }
                }
            }
        }
    }

    /// A note for each hub whose times are converted to this machine's clock.
    private var notes: String {
        links.withLock { $0.federated.skewed }.map { hub in
            "\(hub.name): its clock or its connection is \(Format.duration(abs(hub.behind))) "
                + (hub.behind > 0 ? "behind" : "ahead")
                + "; its times are converted to this machine's clock"
        }.joined(separator: "; ")
    }

    private func deliver(_ message: OperatorMessage) {
        guard case .watch(_, let detail, _, _) = message else { return }
        links.withLock { links in
            links.detail = detail
            guard links.tasks.isEmpty else {
                for connection in links.connections.values { connection.watch(detail) }
                return
            }
            links.tasks = hubs.indices.map { number in Task { await self.follow(number) } }
            links.tasks.append(Task { await self.giveUpWaiting() })
        }
    }

    /// A hub that does not answer, such as over a hanging `ssh`, must not hide the others.
    private func giveUpWaiting() async {
        guard (try? await Task.sleep(for: Self.patience)) != nil else { return }
        links.withLock { links in
            let (late, told) = links.federated.giveUpWaiting()
            for number in late { links.reasons[number] = "no answer yet" }
            lines.post(told)
        }
    }

    private func give(_ command: OperatorCommand, within patienceMS: Int64) {
        let routes = links.withLock { links in
            let routing = links.federated.route(command)
            lines.post(routing.lines)
            return routing.routes.map { (links.connections[$0.hub], $0.command) }
        }
        for (connection, command) in routes { connection?.send(command, within: patienceMS) }
    }

    private func read(at pace: ReadThrottle) {
        let connections = links.withLock { links in
            links.pace = pace
            return Array(links.connections.values)
        }
        for connection in connections { connection.read(at: pace) }
    }

    private func end() {
        let (tasks, connections) = links.withLock { links in
            links.isOver = true
            return (links.tasks, Array(links.connections.values))
        }
        for task in tasks { task.cancel() }
        for connection in connections { connection.close() }
        lines.finish()
    }

    /// Passes a hub's lines on, and reconnects, until the task is cancelled.
    private func follow(_ number: Int) async {
        var waits = ReconnectWaits()
        while !Task.isCancelled {
            if let connection = links.withLock({ $0.connections[number] }) {
                let why = await pass(connection, number)
                connection.close()
                if links.withLock({ $0.reasons[number] }) == nil { waits.connected() }
                lose(number, why)
            }
            guard (try? await Task.sleep(for: waits.next())) != nil else { return }
            guard let (_, next) = try? await hubs[number].locator.connect(as: role) else {
                continue
            }
            let isWanted = links.withLock { links in
                if !links.isOver { links.connections[number] = next }
                return !links.isOver
            }
            if !isWanted { next.close() }
        }
    }

    /// Passes a connection's lines on until it ends.
    ///
    /// - Returns: why it ended.
    private func pass(_ connection: HubConnection, _ number: Int) async -> String {
        var why = "it closed the connection"
        connection.onPulse { [weak self] pulse in self?.take(pulse, of: number) }
        links.withLock { links in
            connection.read(at: links.pace)
            connection.watch(links.detail)
        }
        do {
            for try await batch in connection.batches {
                let batch = try batch.decoded()
                for case .error(let refusal) in batch.map(\.message) { why = refusal.detail }
                let isBack = batch.contains { $0.message == .keyframeEnd }
                let now = WallClock.milliseconds
                links.withLock { links in
                    if isBack { links.reasons[number] = nil }
                    // Posts while holding the lock, so that the order of the lines from different
                    // hubs stays the same.
                    lines.post(links.federated.take(batch, from: number, at: now))
                }
                // A connection that waits here is not read, and its hub sends a new keyframe later.
                await lines.room()
            }
        } catch {
            why = "\(error)"
        }
        return connection.words.isEmpty ? why : connection.words
    }

    private func take(_ pulse: HubConnection.Pulse, of number: Int) {
        links.withLock { links in
            switch pulse {
            case .silent: lines.post(links.federated.silence(number))
            case .heard: lines.post(links.federated.hear(number))
            }
        }
    }

    private func lose(_ number: Int, _ why: String) {
        let isOver = links.withLock { links in
            links.connections[number] = nil
            links.reasons[number] = SafeText.sanitise(why, maxBytes: 512)
            lines.post(links.federated.lose(number))
            return links.federated.lost.count == hubs.count
        }
        // The caller has to connect again, as with a single hub.
        if isOver { end() }
    }
}

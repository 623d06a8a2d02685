package import Dashboard
import Fleet
import Foundation
package import HubClient
package import ResilienceWire
package import Sockets
import Synchronization

/// The stream of a hub. Reconnects after each loss of the connection.
package final class HubFeed: Feed {
    private struct Connection {
        var hub: HubConnection?
        var task: Task<Void, Never>?
        var time = HubTime()
        var detail = MetricsDetail.perSecond
        /// The reason for a reconnect that the dashboard asked for.
        var why: String?
        /// The feed that replays the rewind buffer, while the operator looks at the past.
        var past: ReplayFeed?
        var mailbox: Mailbox?
    }

    private let hubs: Hubs
    private let role: SocketRole
    /// Whether to start a local hub when no hub answers.
    private let startsHub: Bool
    private let rewind: RewindBuffer
    private let connection: Mutex<Connection>

    package init(
        _ first: HubConnection, _ hubs: Hubs, as role: SocketRole, startsHub: Bool,
        _ rewind: RewindBuffer
    ) {
        self.rewind = rewind
        self.hubs = hubs
        self.role = role
        self.startsHub = startsHub
        connection = Mutex(Connection(hub: first))
    }

    package func start(_ mailbox: Mailbox) {
        let task = Task { await run(mailbox) }
        connection.withLock { connection in
            connection.task = task
            connection.mailbox = mailbox
        }
    }

    package func stop() {
        returnToPresent()
        connection.withLock { connection in
            connection.task?.cancel()
            connection.hub?.close()
        }
    }

    package var time: Int64? { connection.withLock { $0.time }.now }

    package func reconnect(_ why: String) {
        connection.withLock { connection in
            guard let hub = connection.hub else { return }
            connection.why = why
            hub.close()
        }
    }

    package func send(_ command: OperatorCommand) {
        connection.withLock { $0.hub }?.send(command, within: CommandTracker.patienceMS)
    }

    package func follow(figures: Bool) {
        connection.withLock { connection in
            connection.detail = figures ? .perSecond : .off
            connection.hub?.watch(connection.detail)
        }
    }

    package func control(_ control: ReplayControl) {
        let (feed, begun) = connection.withLock { connection in
            if let feed = connection.past { return (feed, nil as Mailbox?) }
            let feed = ReplayFeed(isGrowing: true, speed: 1) { [rewind] in try rewind.recordings() }
            connection.past = feed
            return (feed, connection.mailbox)
        }
        feed.control(control)
        if let begun { feed.start(begun) { .past($0) } }
    }

    package func returnToPresent() {
        let (past, mailbox) = connection.withLock { connection in
            defer { connection.past = nil }
            return (connection.past, connection.mailbox)
        }
        past?.stop()
        mailbox?.forgetPast()
    }

    private func run(_ mailbox: Mailbox) async {
        var why = ""
        var waits = ReconnectWaits()
        while !Task.isCancelled {
            if let hub = connection.withLock({ $0.hub }) {
                mailbox.post(.connected)
                why = await follow(hub, mailbox, &waits)
                hub.close()
                connection.withLock { connection in
                    connection.hub = nil
                    why = connection.why ?? why
                    connection.why = nil
                }
                mailbox.post(.disconnected(why: why))
            }
            try? await Task.sleep(for: waits.next())
            if startsHub { try? await HubProcess.start(hubs.locator.own) }
            let next = try? await hubs.connect(as: role)
            connection.withLock { $0.hub = next?.1 }
        }
    }

    /// Forwards the stream until it ends.
    ///
    /// - Returns: the reason for its end.
    private func follow(
        _ hub: HubConnection, _ mailbox: Mailbox, _ waits: inout ReconnectWaits
    ) async -> String {
        hub.read(at: .frames)
        hub.onPulse { pulse in
            switch pulse {
            case .silent(let milliseconds): mailbox.post(.silent(forMS: milliseconds))
            case .heard: mailbox.post(.heard)
            }
        }
        let looking = hubs.names.isEmpty ? nil : Task { await tellOutages(of: hub, mailbox) }
        defer { looking?.cancel() }
        // Inside the lock: another thread may change the detail at the same time.
        connection.withLock { hub.watch($0.detail) }
        var notes = ""
        do {
            for try await batch in hub.batches {
                // Once per keyframe, so that ages on the screen do not jump.
                if let at = batch.keyframe {
                    connection.withLock { $0.time = HubTime(at) }
                    waits.connected()
                }
                mailbox.post(.batch(batch))
                if hub.notes != notes {
                    notes = hub.notes
                    if !notes.isEmpty { mailbox.post(.notice(notes)) }
                }
                await mailbox.room()
            }
            return "the hub closed the connection"
        } catch {
            return "\(error)"
        }
    }

    /// Reports each second which of several hubs do not answer, until all of them do.
    private func tellOutages(of hub: HubConnection, _ mailbox: Mailbox) async {
        var told: [HubOutage] = []
        repeat {
            let outages = hub.outages
            if outages != told { mailbox.post(.hubsMissing(outages)) }
            told = outages
        } while (try? await Task.sleep(for: .seconds(1))) != nil
    }
}

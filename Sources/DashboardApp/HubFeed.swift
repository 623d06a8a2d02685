package import Dashboard
import Fleet
import Foundation
package import HubClient
package import ResilienceWire
package import Sockets
import Synchronization

/// A hub's stream, connected again whenever it breaks.
package final class HubFeed: Feed {
    private struct Connection {
        var hub: HubConnection?
        var task: Task<Void, Never>?
        var time = HubTime()
        var figures = MetricsDetail.perSecond
        /// Why it is to be connected anew.
        var why: String?
        /// What plays the past.
        var past: ReplayFeed?
        var mailbox: Mailbox?
    }

    private let hubs: Hubs
    private let role: SocketRole
    /// Whether a hub of one's own is started where none answers any more.
    private let startsHub: Bool
    private let spool: RewindBuffer
    private let connection: Mutex<Connection>

    package init(
        _ first: HubConnection, _ hubs: Hubs, as role: SocketRole, startsHub: Bool,
        _ spool: RewindBuffer
    ) {
        self.spool = spool
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

    package func send(_ command: Command) {
        connection.withLock { $0.hub }?.send(command, within: CommandTracker.patienceMS)
    }

    package func follow(figures: Bool) {
        connection.withLock { connection in
            connection.figures = figures ? .perSecond : .off
            connection.hub?.watch(figures: connection.figures)
        }
    }

    package func control(_ control: ReplayControl) {
        let (feed, begun) = connection.withLock { connection in
            if let feed = connection.past { return (feed, nil as Mailbox?) }
            let feed = ReplayFeed(isGrowing: true, speed: 1) { [spool] in try spool.recordings() }
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
        while !Task.isCancelled {
            if let hub = connection.withLock({ $0.hub }) {
                mailbox.post(.connected)
                why = await follow(hub, mailbox)
                hub.close()
                connection.withLock { connection in
                    connection.hub = nil
                    why = connection.why ?? why
                    connection.why = nil
                }
                mailbox.post(.disconnected(why: why))
            }
            try? await Task.sleep(for: .milliseconds(200))
            if startsHub { try? await HubProcess.start(hubs.locator.own) }
            let next = try? await hubs.connect(as: role)
            connection.withLock { $0.hub = next?.1 }
        }
    }

    /// Passes the stream on until it ends; why it did.
    private func follow(_ hub: HubConnection, _ mailbox: Mailbox) async -> String {
        hub.read(at: .frames)
        hub.onPulse { pulse in
            switch pulse {
            case .silent(let milliseconds): mailbox.post(.silent(forMS: milliseconds))
            case .heard: mailbox.post(.heard)
            }
        }
        let looking = hubs.names.isEmpty ? nil : Task { await tellOutages(of: hub, mailbox) }
        defer { looking?.cancel() }
        // In the lock, or it might undo what was asked for meanwhile.
        connection.withLock { hub.watch(figures: $0.figures) }
        var notes = ""
        do {
            for try await batch in hub.batches {
                // Once in a keyframe, so that ages on the screen do not jump.
                if let at = batch.keyframe { connection.withLock { $0.time = HubTime(at) } }
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

    /// Tells each second which of several hubs do not answer, as long as one does not.
    private func tellOutages(of hub: HubConnection, _ mailbox: Mailbox) async {
        var told: [HubOutage] = []
        repeat {
            let outages = hub.outages
            if outages != told { mailbox.post(.hubsMissing(outages)) }
            told = outages
        } while (try? await Task.sleep(for: .seconds(1))) != nil
    }
}

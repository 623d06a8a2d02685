import CMalloc
import Fleet
import HubMetrics
import NIOCore
import ResilienceWire

// Memory: data that peers cause is counted. Over the budget, the largest agents lose data first.

extension Hub {
    /// How long an instance must be gone before its record may be removed, in milliseconds.
    private static let goneMS: Int64 = 10_000
    /// The memory of a strategy outside of its record, in bytes: its names at its connection and its
    /// entries in books.
    private static let bookBytes = 256

    /// Approximate bytes that wait for viewers and operators to read.
    private func countUnread() -> Int {
        viewers.values.lazy.filter { !$0.channel.isWritable }
            .reduce(0) { $0 + Self.unread($1) }
    }

    /// Approximate bytes that wait for a viewer or operator that does not read.
    private static func unread(_ viewer: ViewerSession) -> Int {
        max(ViewerSession.unreadBytes, viewer.channel.unsentBytes)
    }

    /// Updates the memory counts of the strategies that an agent's lines have changed.
    func weigh(_ agent: AgentSession) {
        guard let id = agent.id else { return }
        let touched = agent.strategies.takeTouched()
        if !touched.isEmpty, let strategies = fleet.agents[id]?.strategies {
            let sizes = touched.lazy.compactMap { name in
                strategies[name].map { (strategy: name, bytes: $0.bytes + Self.bookBytes) }
            }
            memory.book.set(sizes, of: id)
        }
        if memory.isExceeded(backlog: broadcast.backlog.bytesKept) { relieve() }
    }

    /// Drops keyframes in progress, then frees memory of the largest agents until the counted data is
    /// well below the budget.
    private func relieve() {
        let before = memory.book.total
        forgetSnapshots()
        while memory.isAboveCalm(backlog: broadcast.backlog.bytesKept),
            let id = memory.book.largest
        {
            letGo(of: id)
        }
        memory.freed.add(before - memory.book.total)
    }

    /// The data that an instance loses for using too much memory.
    private enum Loss {
        case history
        case connection
        /// The instance is already gone, and its record is removed.
        case record

        var words: String {
            switch self {
            case .history: "its history was dropped"
            case .connection: "it was disconnected"
            case .record: "it is gone and its record was removed"
            }
        }
    }

    /// Frees an instance's history. If the history is less than half of its data, also disconnects
    /// it and removes its record.
    private func letGo(of id: InstanceID) {
        let size = memory.book.bytes(of: id)
        fleet.forgetHistory(of: id)
        weighAll(of: id)
        guard memory.book.bytes(of: id) > size / 2 else { return tellMemory(id, size, .history) }
        let peer = agents.peer(of: id)
        tellMemory(id, size, peer == nil ? .record : .connection)
        if let peer {
            dismiss(
                peer,
                Refusal(
                    code: "memory",
                    detail: "the data of this agent uses \(size >> 20) MB of this hub's "
                        + "\(memory.bytes >> 20) MB: report fewer strategies or error types")
            )
        }
        fleet.forgetStrategies(of: id)
        metering.series?.forget(id)
        memory.book.remove(id)
    }

    /// Frees records of the largest gone instances if these together exceed their share of the budget.
    private func forgetGone() {
        let most = memory.goneLimit
        guard memory.book.total > most else { return }
        let gone = fleet.agents.values.filter {
            $0.state == .gone && clock.at - $0.since >= Self.goneMS
        }.map { (id: $0.id, bytes: memory.book.bytes(of: $0.id)) }
        var left = gone.reduce(0) { $0 + $1.bytes }
        guard left > most else { return }
        let before = memory.book.total
        for (id, bytes) in gone.sorted(by: { $0.bytes > $1.bytes }) where left > most {
            letGo(of: id)
            left -= bytes - memory.book.bytes(of: id)
        }
        forgetSnapshots()
        memory.freed.add(before - memory.book.total)
    }

    /// Disconnects the viewers and operators that have not read for longest, until their unread
    /// data is within its share.
    func relieveUnread() {
        memory.isReliefPlanned = false
        memory.unreadBytes = countUnread()
        guard memory.unreadBytes > memory.unreadLimit else { return }
        let stuck = viewers.filter { !$0.value.channel.isWritable }
            .sorted { $0.value.tookAt < $1.value.tookAt }
        for (peer, viewer) in stuck where memory.unreadBytes > memory.unreadLimit {
            memory.unreadBytes -= Self.unread(viewer)
            memory.slow.add(viewer.user.words)
            memory.freed.add(ViewerSession.unreadBytes)
            refuse(peer, Refusal(code: "slow", detail: "this connection does not read its stream"))
        }
    }

    /// Plans ``relieveUnread()`` for the end of the present turn of the event loop: in one turn many
    /// connections may stop reading.
    func relieveUnreadSoon() {
        guard !memory.isReliefPlanned else { return }
        memory.isReliefPlanned = true
        loop.execute { [weak self] in self?.assumeIsolated { $0.relieveUnread() } }
    }

    /// Reports the peers that were disconnected for not reading, and for lines that do not end,
    /// since the last report.
    private func tellDisconnected() {
        if let slow = memory.slow.take() {
            tell(slow, "disconnected viewers and operators that do not read", .viewers)
        }
        if let endless = memory.endless.take() {
            tell(endless, "disconnected peers whose lines do not end", .unfinished)
        }
    }

    private func tell(
        _ report: DisconnectedPeers.Report, _ what: String, _ subject: MemoryBudget.Subject
    ) {
        let words = "\(what): \(report.count), the last by \(report.last)"
        log(words)
        _ = memory.alerts.fire(subject, at: HubClock.monotonicMS)
        publish(memoryAlert(subject, detail: words, isFiring: true))
    }

    func weighAll(of id: InstanceID) {
        guard let strategies = fleet.agents[id]?.strategies else { return }
        memory.book.set(
            strategies.values.lazy.map {
                (strategy: $0.name, bytes: $0.bytes + Self.bookBytes)
            }, of: id)
    }

    /// Drops all keyframes in progress, because they hold old snapshots of the fleet. Their
    /// viewers get new ones.
    private func forgetSnapshots() {
        broadcast.forgetKeyframe()
        for (peer, viewer) in viewers {
            if case .keyframe = viewer.progress { viewers[peer]?.progress = .behind }
        }
    }

    private func tellMemory(_ id: InstanceID, _ size: Int, _ loss: Loss) {
        let isNew = memory.alerts.fire(.instance(id), at: HubClock.monotonicMS)
        guard isNew || loss != .history else { return }
        publish(
            memoryAlert(
                .instance(id),
                detail: "used \(size >> 20) MB of the hub's \(memory.bytes >> 20) MB: "
                    + loss.words,
                isFiring: true))
    }

    private func memoryAlert(
        _ subject: MemoryBudget.Subject, detail: String, isFiring: Bool
    ) -> StreamMessage {
        let (id, about) =
            switch subject {
            case .instance(let id):
                (id.instance.prefix(8), "\(id.agent)@\(id.instance.prefix(8))")
            case .viewers: ("unread", "hub")
            case .unfinished: ("unfinished", "hub")
            }
        return .alert(
            Alert(
                id: "memory-\(id)", rule: "memory", firing: isFiring, about: about,
                detail: SafeText.sanitise(detail, maxBytes: 256)))
    }

    /// Once a second: removes forgotten instances, ends alerts and returns freed memory to the
    /// system.
    func settleMemory(_ now: Double) {
        guard memory.isCheckDue(at: now) else { return }
        memory.book.keep { fleet.agents[$0] != nil }
        metering.series?.forget(notIn: fleet)
        relieveUnread()
        memory.connections = agents.sessions.count + viewers.count
        forgetGone()
        tellDisconnected()
        for (subject, _) in memory.alerts.end(at: now) {
            publish(
                memoryAlert(
                    subject, detail: "within the hub's memory budget for 60 s", isFiring: false))
        }
        if memory.freed.shouldTrim(used: memory.book.total) { malloc_trim(0) }
    }
}

import CMalloc
import Fleet
import NIOCore
import ResilienceWire

// Memory: data that peers cause is counted. Over the budget, the largest agents lose data first.

extension Hub {
    /// The share of the budget that remains in use after data was freed.
    private static let calmShare = 0.5
    /// The share of the budget for counted data: agents' records and unread data. The rest is for
    /// data that cannot be counted, such as gaps in the allocator.
    private static let countedShare = 0.75
    /// How long an alert fires after the last time that an agent exceeded the budget, in
    /// milliseconds.
    private static let alertMS = 60_000.0
    /// The share of the budget for data that viewers and operators do not read.
    private static let unreadShare = 0.25
    /// The share of the budget for records of gone instances, in total.
    private static let goneShare = 1.0 / 32
    /// How long an instance must be gone before ``goneShare`` applies to it, in milliseconds.
    private static let goneMS: Int64 = 10_000
    /// The freed bytes from which the allocator is asked to return memory to the system.
    private static let trimBytes = 8 << 20

    /// Approximate bytes that peers cause the hub to keep.
    private var usedBytes: Int { memory.total + backlog.bytesKept + unreadBytes }

    /// Approximate bytes that wait for viewers and operators to read.
    private func countUnread() -> Int {
        watchers.values.count { !$0.channel.isWritable } * ViewerSession.unreadBytes
    }

    private var budget: Int { Int(Double(options.memoryBytes) * Self.countedShare) }

    /// Updates the memory counts of the strategies that an agent's lines have changed in this turn.
    func weigh(_ agent: AgentSession) {
        guard let id = agent.id else { return }
        for name in agent.touched {
            if let record = fleet.agents[id]?.strategies[name] {
                memory.set(record.bytes, for: name, of: id)
            }
        }
        agent.touched.removeAll(keepingCapacity: true)
        if usedBytes > budget { relieve() }
    }

    /// Drops keyframes in progress, then frees memory of the largest agents until the counted data is
    /// below ``calmShare``.
    private func relieve() {
        let before = memory.total
        forgetSnapshots()
        let calm = Int(Double(budget) * Self.calmShare)
        while usedBytes > calm, let id = memory.largest { letGo(of: id) }
        freed += before - memory.total
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
        let size = memory.bytes(of: id)
        fleet.forgetHistory(of: id)
        weighAll(of: id)
        guard memory.bytes(of: id) > size / 2 else { return tellMemory(id, size, .history) }
        let peer = connections[id]
        tellMemory(id, size, peer == nil ? .record : .connection)
        if let peer {
            dismiss(
                peer,
                Refusal(
                    code: "memory",
                    detail: "the data of this agent uses \(size >> 20) MB of this hub's "
                        + "\(options.memoryBytes >> 20) MB: report fewer strategies or error types")
            )
        }
        fleet.forgetStrategies(of: id)
        memory.remove(id)
    }

    /// Frees records of the largest gone instances if these together exceed ``goneShare``.
    private func forgetGone() {
        let most = Int(Double(budget) * Self.goneShare)
        guard memory.total > most else { return }
        let gone = fleet.agents.values.filter {
            $0.state == .gone && clock.at - $0.since >= Self.goneMS
        }.map { (id: $0.id, bytes: memory.bytes(of: $0.id)) }
        var left = gone.reduce(0) { $0 + $1.bytes }
        guard left > most else { return }
        let before = memory.total
        for (id, bytes) in gone.sorted(by: { $0.bytes > $1.bytes }) where left > most {
            letGo(of: id)
            left -= bytes - memory.bytes(of: id)
        }
        forgetSnapshots()
        freed += before - memory.total
    }

    /// Disconnects the viewers and operators that have not read for longest, until their unread
    /// data is within its share.
    func relieveUnread() {
        let most = Int(Double(budget) * Self.unreadShare)
        unreadBytes = countUnread()
        while unreadBytes > most {
            let stuck = watchers.filter { !$0.value.channel.isWritable }
            guard let (peer, watcher) = stuck.min(by: { $0.value.tookAt < $1.value.tookAt }) else {
                return
            }
            slow.count += 1
            slow.last = watcher.user
            freed += ViewerSession.unreadBytes
            refuse(peer, Refusal(code: "slow", detail: "this connection does not read its stream"))
            unreadBytes = countUnread()
        }
    }

    /// Reports the viewers and operators that were disconnected for not reading since the last
    /// report.
    private func tellSlow() {
        guard let last = slow.last else { return }
        let words =
            "disconnected viewers and operators that do not read: \(slow.count), the last by "
            + "\(last.name), process \(last.pid)"
        log(words)
        memoryAlerts[nil] = HubClock.monotonicMS
        publish(memoryAlert(nil, detail: words, isFiring: true))
        slow = (0, nil)
    }

    func weighAll(of id: InstanceID) {
        for record in (fleet.agents[id]?.strategies ?? [:]).values {
            memory.set(record.bytes, for: record.name, of: id)
        }
    }

    /// Drops all keyframes in progress, because they hold old snapshots of the fleet. Their
    /// watchers get new ones.
    private func forgetSnapshots() {
        recent = nil
        for (peer, watcher) in watchers {
            if case .keyframe = watcher.progress { watchers[peer]?.progress = .behind }
        }
    }

    private func tellMemory(_ id: InstanceID, _ size: Int, _ loss: Loss) {
        let isNew = memoryAlerts.updateValue(HubClock.monotonicMS, forKey: id) == nil
        guard isNew || loss != .history else { return }
        publish(
            memoryAlert(
                id,
                detail: "used \(size >> 20) MB of the hub's \(options.memoryBytes >> 20) MB: "
                    + loss.words,
                isFiring: true))
    }

    /// - Parameter id: the instance; `nil` for viewers and operators.
    private func memoryAlert(_ id: InstanceID?, detail: String, isFiring: Bool) -> StreamMessage {
        .alert(
            Alert(
                id: "memory-\(id?.instance.prefix(8) ?? "unread")", rule: "memory",
                firing: isFiring,
                about: id.map { "\($0.agent)@\($0.instance.prefix(8))" } ?? "hub",
                detail: SafeText.sanitise(detail, maxBytes: 256)))
    }

    /// Once a second: removes forgotten instances, ends alerts and returns freed memory to the
    /// system.
    func settleMemory(_ now: Double) {
        guard now - memorySettledAt >= 1_000 else { return }
        memorySettledAt = now
        memory.keep { fleet.agents[$0] != nil }
        unreadBytes = countUnread()
        forgetGone()
        tellSlow()
        for (id, at) in memoryAlerts where now - at >= Self.alertMS {
            memoryAlerts[id] = nil
            publish(
                memoryAlert(id, detail: "within the hub's memory budget for 60 s", isFiring: false))
        }
        freed += max(0, weighed - memory.total)
        weighed = memory.total
        // A smaller amount is returned too, once no more memory is freed.
        let isOver = freed == freedBefore && freed >= Self.trimBytes / 8
        freedBefore = freed
        guard freed >= Self.trimBytes || isOver else { return }
        (freed, freedBefore) = (0, 0)
        malloc_trim(0)
    }
}

import CMalloc
import Fleet
import NIOCore
import ResilienceWire

// Memory: what peers cause is counted, and over the budget the largest lose first.

extension Hub {
    /// Over the budget as much is given back as to be at this share of it.
    private static let calmShare = 0.5
    /// The part of the budget for what is known of agents and waits to be read; the rest is for what cannot
    /// be counted, such as the allocator's gaps.
    private static let countedShare = 0.75
    /// How long an alert lasts after the last time that an agent took too much, in milliseconds.
    private static let alertMS = 60_000.0
    /// The part of the budget for what viewers and operators do not read.
    private static let unreadShare = 0.25
    /// The part of the budget for what instances that are gone leave behind, together.
    private static let goneShare = 1.0 / 32
    /// How long an instance is gone before it counts as such, in milliseconds.
    private static let goneMS: Int64 = 10_000
    /// With so much given back the allocator is asked to give it back too.
    private static let trimBytes = 8 << 20

    /// About what peers cause to be kept, in bytes.
    private var usedBytes: Int { memory.total + backlog.bytesKept + unreadBytes }

    /// About what waits until viewers and operators read it, in bytes.
    private func countUnread() -> Int {
        watchers.values.count { !$0.channel.isWritable } * ViewerSession.unreadBytes
    }

    private var budget: Int { Int(Double(options.memoryBytes) * Self.countedShare) }

    /// Counts anew what an agent's lines of this turn have changed.
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

    /// Lets go of history, and of the largest agents where that is not enough.
    private func relieve() {
        let before = memory.total
        forgetSnapshots()
        let calm = Int(Double(budget) * Self.calmShare)
        while usedBytes > calm, let id = memory.largest { letGo(of: id) }
        freed += before - memory.total
    }

    /// What an instance that uses too much memory loses.
    private enum Loss {
        case history
        case connection
        /// It is gone, and so is what it declared and counted.
        case record

        var words: String {
            switch self {
            case .history: "lost its history here"
            case .connection: "was disconnected"
            case .record: "is gone and forgotten here"
            }
        }
    }

    /// Lets go of an instance's history, and of all that it said where that is less than half of it.
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
                    detail: "what this agent has said takes \(size >> 20) MB of the "
                        + "\(options.memoryBytes >> 20) MB that this hub has for all"))
        }
        fleet.forgetStrategies(of: id)
        memory.remove(id)
    }

    /// Lets go of what the largest of the instances that are gone left behind, where it is too much together.
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

    /// Disconnects the viewers and operators that took nothing for longest, where too much waits for them.
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
            refuse(peer, Refusal(code: "slow", detail: "the stream is not read"))
            unreadBytes = countUnread()
        }
    }

    /// Says who was disconnected for not reading since this was said last.
    private func tellSlow() {
        guard let last = slow.last else { return }
        let words =
            "disconnected viewers and operators that do not read: \(slow.count), the last of "
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

    /// Keyframes on their way hold the fleet as it was: who takes one gets another.
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
                detail: "took \(size >> 20) MB of the hub's \(options.memoryBytes >> 20) MB and "
                    + loss.words,
                isFiring: true))
    }

    /// - Parameter id: `nil`: it is about viewers and operators.
    private func memoryAlert(_ id: InstanceID?, detail: String, isFiring: Bool) -> Message {
        .alert(
            Alert(
                id: "memory-\(id?.instance.prefix(8) ?? "unread")", rule: "memory",
                firing: isFiring,
                about: id.map { "\($0.agent)@\($0.instance.prefix(8))" } ?? "hub",
                detail: SafeText.sanitise(detail, maxBytes: 256)))
    }

    /// Each second: forgets who is not known any more, and gives memory back.
    func settleMemory(_ now: Double) {
        guard now - memorySettledAt >= 1_000 else { return }
        memorySettledAt = now
        memory.keep { fleet.agents[$0] != nil }
        unreadBytes = countUnread()
        forgetGone()
        tellSlow()
        for (id, at) in memoryAlerts where now - at >= Self.alertMS {
            memoryAlerts[id] = nil
            publish(memoryAlert(id, detail: "no more than others", isFiring: false))
        }
        freed += max(0, weighed - memory.total)
        weighed = memory.total
        // A little is given back as well, when no more follows.
        let isOver = freed == freedBefore && freed >= Self.trimBytes / 8
        freedBefore = freed
        guard freed >= Self.trimBytes || isOver else { return }
        (freed, freedBefore) = (0, 0)
        malloc_trim(0)
    }
}

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
    /// With so much given back the allocator is asked to give it back too.
    private static let trimBytes = 16 << 20

    /// About what peers cause to be kept, in bytes.
    private var usedBytes: Int { memory.total + backlog.bytesKept + unreadBytes }

    private var budget: Int { Int(Double(options.memoryBytes) * Self.countedShare) }

    /// Counts anew what an agent's lines of this turn have changed.
    func weigh(_ agent: AgentPeer) {
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
        while usedBytes > calm, let id = memory.largest {
            let size = memory.bytes(of: id)
            fleet.forgetHistory(of: id)
            weighAll(of: id)
            let isEnough = memory.bytes(of: id) <= size / 2
            tellMemory(id, size, isRefused: !isEnough)
            guard !isEnough else { continue }
            if let peer = connections[id] {
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
        freed += before - memory.total
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

    private func tellMemory(_ id: InstanceID, _ size: Int, isRefused: Bool) {
        let isNew = memoryAlerts.updateValue(HubClock.monotonicMS, forKey: id) == nil
        guard isNew || isRefused else { return }
        let what = isRefused ? "was disconnected" : "lost its history here"
        publish(
            memoryAlert(
                id,
                detail:
                    "took \(size >> 20) MB of the hub's \(options.memoryBytes >> 20) MB and \(what)",
                isFiring: true))
    }

    private func memoryAlert(_ id: InstanceID, detail: String, isFiring: Bool) -> Message {
        .alert(
            Alert(
                id: "memory-\(id.instance.prefix(8))", rule: "memory", firing: isFiring,
                about: "\(id.agent)@\(id.instance.prefix(8))", detail: detail))
    }

    /// Each second: forgets who is not known any more, and gives memory back.
    func settleMemory(_ now: Double) {
        guard now - memorySettledAt >= 1_000 else { return }
        memorySettledAt = now
        memory.keep { fleet.agents[$0] != nil }
        unreadBytes =
            watchers.values.count { !$0.channel.isWritable } * 2 * WatcherPeer.keyframeBytes
        for (id, at) in memoryAlerts where now - at >= Self.alertMS {
            memoryAlerts[id] = nil
            publish(memoryAlert(id, detail: "no more than others", isFiring: false))
        }
        let isLess = weighed - memory.total >= Self.trimBytes
        weighed = memory.total
        guard freed >= Self.trimBytes || isLess else { return }
        freed = 0
        malloc_trim(0)
    }
}

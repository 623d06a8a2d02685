import ResilienceWire

// Lines that peers begin but do not end: the hub disconnects the peers that began them first.

extension Hub {
    /// Records what a read has left of a peer's line.
    ///
    /// - Parameter lines: the lines that the read has ended.
    func setUnfinished(_ bytes: Int, of peer: Int, lines: Int) {
        memory.unfinished.set(
            bytes, of: peer, hasEnded: lines > 0, at: HubClock.monotonicMS)
        let limit = memory.unfinishedLimit
        guard memory.unfinished.total > limit else { return }
        // Half of it, so that this is not due again at once.
        for peer in memory.unfinished.oldest(above: limit / 2) { endUnfinished(peer) }
    }

    /// Forgets the line of a peer that is gone.
    func forgetUnfinished(of peer: Int) {
        memory.freed.add(memory.unfinished.remove(peer))
    }

    private func endUnfinished(_ peer: Int) {
        let refusal = Refusal(
            code: "memory",
            detail: "this connection began a line that it does not end, and the hub has no more "
                + "memory for such lines: connect again")
        if let agent = agents[peer] {
            memory.endless.add(
                agent.id.map { "agent '\($0.agent)'" } ?? agent.uid.map { "uid \($0)" }
                    ?? "an unknown agent")
            dismiss(peer, refusal)
        } else if let viewer = viewers[peer] {
            memory.endless.add(viewer.user.words)
            refuse(peer, refusal)
        }
    }
}

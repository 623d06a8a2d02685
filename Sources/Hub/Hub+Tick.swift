import Fleet
import NIOCore
import ResilienceWire

// The hub's periodic work.

extension Hub {
    /// Does the periodic work, ten times a second: timeouts, alerts, sums, memory and beats.
    func tick() {
        let now = HubClock.monotonicMS
        // The hub did not read while it was stopped, so that time is no silence of the agents.
        let stopped = timer.stopNotice.look(at: now)
        if stopped > 0 { for agent in agents.sessions.values { agent.lastHeard += stopped } }
        if let jump = clock.jump() { publish(.clock(jumpMS: jump)) }
        perform(tracker.tick(now: now))
        endStanding()
        keepStandingInForce(now)
        for (peer, agent) in agents.sessions {
            if agent.allowance.hasCalmed(now: now) {
                agent.channel.setTurn(bytes: ReadAllowance.turnBytes)
                tellFlood(of: agent, isOver: "within \(ReadAllowance.words) again")
            }
            let silence = now - agent.lastHeard
            if agent.id == nil, silence > Self.helloMS {
                dismiss(peer, Refusal(code: "hello", detail: "no hello within 5 s"))
            } else if let id = agent.id, !agent.isStale, silence > Self.staleMS {
                agent.isStale = true
                publish(.agentStale, from: id)
            }
        }
        evaluateAlerts()
        broadcast.pending.turn(at: clock.at)
        flush()
        forgetKeyframes(now)
        settleMemory(now)
        endFull(now)
        endOmissions(now)
        if timer.isTendingDue(at: now) { storage.store?.tend(at: clock.at) }
        beat(now)
    }

    /// Sends a beat to viewers, which shows that the hub is alive. Skips those with a keyframe in
    /// progress or with unread data: that data shows it too.
    private func beat(_ now: Double) {
        guard timer.isBeatDue(at: now) else { return }
        var bytes: [UInt8] = []
        Line(at: clock.at, .beat).encode(into: &bytes)
        let line = ByteBuffer(bytes: bytes)
        for viewer in viewers.values where viewer.isOwedNothing && viewer.channel.unsentBytes == 0 {
            viewer.channel.writeAndFlush(line, promise: nil)
        }
    }
}

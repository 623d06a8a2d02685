import Fleet
import NIOCore
import ResilienceWire

// The stream to those who watch, and the passing of time.

extension Hub {
    /// Applies a message and adds it to the stream.
    func publish(_ message: Message, from source: InstanceID? = nil) {
        let line = Line(at: clock.at, source: source, message)
        fleet.apply(line)
        line.encode(into: &stream)
    }

    /// Passes what was published on to those who watch and keep up.
    func flush() {
        guard !stream.isEmpty else { return }
        let buffer = ByteBuffer(bytes: stream)
        stream.removeAll(keepingCapacity: true)
        for (peer, watcher) in watchers where watcher.isWatching && !watcher.isBehind {
            if watcher.channel.isWritable {
                watcher.channel.writeAndFlush(buffer, promise: nil)
            } else {
                watchers[peer]?.isBehind = true
            }
        }
    }

    /// Ten times a second: what has waited too long.
    func tick() {
        let now = HubClock.monotonicMS
        if let jump = clock.jump() { publish(.clock(jumpMS: jump)) }
        perform(book.tick(now: now))
        endStanding()
        for (peer, agent) in agents {
            if agents[peer]?.allowance.hasCalmed(now: now) == true {
                tellFlood(of: agent, isOver: "within \(ReadAllowance.words) again")
            }
            let silence = now - agent.lastHeard
            if agent.id == nil, silence > Self.helloMS {
                dismiss(peer, Refusal(code: "hello", detail: "no hello within 5 s"))
            } else if let id = agent.id, !agent.isStale, silence > Self.staleMS {
                agents[peer]?.isStale = true
                publish(.agentStale, from: id)
            }
        }
        lookForAlerts(now)
        flush()
    }
}

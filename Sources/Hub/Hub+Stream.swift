import Fleet
import NIOCore
import ResilienceWire

// The stream to those who watch, and the passing of time.

extension Hub {
    /// Applies a message and adds it to the stream; not one whose line no reader would take, since
    /// it has grown by what makes it safe and by where it comes from.
    ///
    /// - Returns: whether it was.
    @discardableResult
    func publish(_ message: Message, from source: InstanceID? = nil) -> Bool {
        let line = Line(at: clock.at, source: source, message)
        let start = stream.count
        line.encode(into: &stream)
        // A keyframe tells it again with a present state that may take a few digits more.
        guard stream.count - start <= WireLimits.lineBytes - 1_024 else {
            stream.removeLast(stream.count - start)
            return false
        }
        fleet.apply(line)
        return true
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
        keepStandingInForce(now)
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

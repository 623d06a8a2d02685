import Fleet
import NIOCore
import ResilienceWire
import Sockets

// The stream to those who watch, and commands on their way to agents.

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

    func perform(_ actions: [CommandBook.Action]) {
        for action in actions {
            switch action {
            case .send(let command, let instance): send(command, to: instance)
            case .publish(let message): publish(message)
            case .tell(let requester, let message):
                guard watchers[requester]?.isWatching == false else { continue }
                watchers[requester]?.channel.send(Line(message))
            case .repeated(let requester, let message):
                watchers[requester]?.channel.send(Line(message))
            }
        }
        flush()
    }

    private func send(_ command: Command, to instance: InstanceID) {
        guard let peer = connections[instance], let agent = agents[peer],
            case .address(let text) = command.target, let address = try? Address(text),
            let name = agent.names.raw(address.strategy)
        else { return }
        var order = command
        order.target = .strategy(name)
        order.who = nil
        order.reason = nil
        agent.channel.send(Line(.command(order)))
    }

    /// Ten times a second: what has waited too long.
    func tick() {
        let now = HubClock.monotonicMS
        if let jump = clock.jump() { publish(.clock(jumpMS: jump)) }
        perform(book.tick(now: now))
        for (peer, agent) in agents {
            let silence = now - agent.lastHeard
            if agent.id == nil, silence > Self.helloMS {
                dismiss(peer, Refusal(code: "hello", detail: "no hello within 5 s"))
            } else if let id = agent.id, !agent.isStale, silence > Self.staleMS {
                agents[peer]?.isStale = true
                publish(.agentStale, from: id)
            }
        }
        flush()
    }
}

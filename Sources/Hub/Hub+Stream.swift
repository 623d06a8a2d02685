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
        if !message.isFigures { events.append(contentsOf: stream[start...]) }
        if isSumming {
            if sums.isOver(at: clock.at) { closeSums() }
            if case .delta(let delta) = message, let source {
                sums.add(delta, from: source, at: clock.at)
            } else {
                summed.append(contentsOf: stream[start...])
            }
        }
        fleet.apply(line)
        return true
    }

    /// Passes the sums on.
    private func closeSums() {
        for line in sums.take() { line.encode(into: &summed) }
    }

    /// Sums as long as anyone wants it: in no piece of the backlog is a delta that comes again in a
    /// sum.
    func beginOrEndSums() {
        let isWanted = watchers.values.contains { $0.figures == .bySecond }
        guard isWanted != isSumming else { return }
        flush()
        isSumming = isWanted
        if !isWanted { _ = sums.take() }
    }

    /// Passes on what was published once everyone who was heard in this turn of the loop has been.
    func flushSoon() {
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        loop.execute { [weak self] in self?.assumeIsolated { $0.flush() } }
    }

    /// Passes what was published on to those who watch and keep up.
    func flush() {
        isFlushPlanned = false
        guard !stream.isEmpty || !summed.isEmpty else { return }
        let all = ByteBuffer(bytes: stream)
        let isAllEvents = events.count == stream.count
        backlog.append(
            Backlog.Piece(
                all: all, events: isAllEvents ? all : ByteBuffer(bytes: events),
                summed: isSumming ? ByteBuffer(bytes: summed) : nil))
        stream.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        summed.removeAll(keepingCapacity: true)
        for peer in Array(watchers.keys) { supply(peer) }
        backlog.trim(needed: watchers.values.lazy.compactMap(\.needs).min())
        // What it holds of a keyframe is of no use any more.
        for (peer, watcher) in watchers where watcher.needs.map({ $0 < backlog.start }) == true {
            watchers[peer]?.progress = .behind
            counts.resyncs += 1
        }
    }

    /// Gives a watcher as much as it takes at present.
    func supply(_ peer: Int) {
        guard let channel = watchers[peer]?.channel else { return }
        while channel.isWritable {
            switch watchers[peer]?.progress {
            case .following(let number):
                guard let piece = backlog[number] else { return channel.flush() }
                watchers[peer]?.progress = .following(number + 1)
                let wanted = piece[watchers[peer]?.figures ?? .each]
                if wanted.readableBytes > 0 { channel.write(wanted, promise: nil) }
            case .behind:
                // What is in the keyframe does not come again after it.
                guard stream.isEmpty, summed.isEmpty, sums.isEmpty else {
                    closeSums()
                    flush()
                    continue
                }
                let keyframe = fleet.keyframe(at: clock.at)
                backlog.expect(keyframeLines: keyframe.lineCount)
                watchers[peer]?.progress = .keyframe(keyframe, then: backlog.end)
            case .keyframe:
                guard watchers[peer]?.isPaused == false, let part = watchers[peer]?.keyframePart()
                else { return }
                pauseKeyframe(peer)
                channel.writeAndFlush(part, promise: nil)
            case .silent, nil:
                return
            }
        }
        channel.flush()
    }

    /// A watcher that takes all it gets would otherwise have its whole keyframe made in one go,
    /// and nobody else would be heard meanwhile.
    private func pauseKeyframe(_ peer: Int) {
        watchers[peer]?.isPaused = true
        loop.scheduleTask(in: .milliseconds(1)) { [weak self] in
            self?.assumeIsolated { hub in
                hub.watchers[peer]?.isPaused = false
                hub.supply(peer)
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
        lookForAlerts()
        if sums.isOver(at: clock.at) { closeSums() }
        flush()
    }
}

extension Message {
    /// Whether it counts what agents do: most of a stream, and of no use to one who looks away.
    fileprivate var isFigures: Bool {
        switch self {
        case .delta, .call: true
        case .hello, .strategy, .breaker, .limit, .ack, .lost, .ping, .bye, .welcome, .error,
            .command, .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
            .agentGone, .total, .slot, .clock, .commandStatus, .commandDone, .alert, .standing,
            .standingEnd, .unknown:
            false
        }
    }
}

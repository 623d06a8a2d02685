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
            if case .delta(let delta) = message, let source {
                sums.add(delta, from: source, at: clock.at)
            } else {
                summed.append(contentsOf: stream[start...])
            }
        }
        fleet.apply(line)
        return true
    }

    /// Passes closed sums on; so many in one turn of the loop that agents are heard in between.
    private func passSums(all: Bool = false) {
        while all || summed.count < ViewerSession.keyframeBytes, let lines = sums.next() {
            for line in lines { line.encodeWhole(into: &summed) }
        }
        if sums.hasClosed { flushSoon() }
    }

    private func passAllSums() {
        sums.close()
        passSums(all: true)
    }

    /// Sums as long as anyone wants it: in no piece of the backlog is a delta that comes again in a
    /// sum, and none is missing from the sums of those that have any.
    func beginOrEndSums() {
        let isWanted = watchers.values.contains { $0.figures == .perSecond }
        guard isWanted != isSumming else { return }
        passAllSums()
        flush()
        isSumming = isWanted
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
        passSums()
        guard !stream.isEmpty || !summed.isEmpty else { return }
        let all = ByteBuffer(bytes: stream)
        let isAllEvents = events.count == stream.count
        backlog.append(
            BroadcastBuffer.Piece(
                all: all, events: isAllEvents ? all : ByteBuffer(bytes: events),
                summed: isSumming ? ByteBuffer(bytes: summed) : nil))
        stream.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        summed.removeAll(keepingCapacity: true)
        for peer in Array(watchers.keys) { drain(peer) }
        let needed = watchers.values.lazy.compactMap(\.needs).min()
        backlog.trim(needed: [needed, recent?.then].compactMap(\.self).min())
        // What it holds of a keyframe is of no use any more.
        for (peer, watcher) in watchers where watcher.needs.map({ $0 < backlog.start }) == true {
            watchers[peer]?.progress = .behind
            counts.resyncs += 1
        }
    }

    /// Gives a watcher as much as it takes at present.
    func drain(_ peer: Int) {
        guard let channel = watchers[peer]?.channel else { return }
        while channel.isWritable {
            switch watchers[peer]?.progress {
            case .following(let number):
                guard let piece = backlog[number] else { return channel.flush() }
                watchers[peer]?.progress = .following(number + 1)
                let wanted = piece[watchers[peer]?.figures ?? .full]
                if wanted.readableBytes > 0 { channel.write(wanted, promise: nil) }
            case .behind:
                // What is in the keyframe does not come again after it.
                guard stream.isEmpty, summed.isEmpty, sums.isEmpty else {
                    passAllSums()
                    flush()
                    continue
                }
                let shared = keyframe(for: watchers[peer])
                backlog.expect(keyframeLines: shared.keyframe.lineCount)
                watchers[peer]?.tookAt = HubClock.monotonicMS
                watchers[peer]?.progress = .keyframe(shared.keyframe, then: shared.then)
            case .keyframe:
                let began = HubClock.monotonicMS
                guard !isKeyframePaused else { return waitForKeyframe(peer) }
                guard let part = watchers[peer]?.keyframePart() else { return }
                watchers[peer]?.tookAt = began
                channel.writeAndFlush(part, promise: nil)
                pauseKeyframes(after: began)
            case .silent, nil:
                return
            }
        }
        channel.flush()
    }

    /// The keyframe of this moment. Where so many others are being taken that their number is to be bounded, it
    /// may be one of up to a second ago from which on the stream is still kept.
    private func keyframe(for watcher: ViewerSession?) -> SharedKeyframe {
        let now = HubClock.monotonicMS
        let historyMS = watcher?.historyMS
        let isShared = historyMS == nil && watcher?.figures != MetricsDetail.off
        if isShared, let recent, now - recent.madeAt < SharedKeyframe.ageMS,
            recent.then >= backlog.start,
            recent.then == backlog.end || keyframesHeld >= SharedKeyframe.heldLimit
        {
            return recent
        }
        let made = SharedKeyframe(
            keyframe: fleet.keyframe(at: clock.at, beatMS: Self.beatMS, historyMS: historyMS),
            then: backlog.end,
            madeAt: now)
        if isShared { recent = made }
        return made
    }

    /// How many moments' fleets are kept for keyframes that are being taken.
    private var keyframesHeld: Int {
        Set(watchers.values.lazy.filter { !$0.isOwedNothing }.compactMap(\.needs)).count
    }

    /// Forgets keyframes that nobody takes, so that the fleet as it was is let go.
    private func forgetKeyframes(_ now: Double) {
        if let made = recent?.madeAt, now - made >= SharedKeyframe.ageMS { recent = nil }
        for (peer, watcher) in watchers where watcher.isStuck(at: now) {
            watchers[peer]?.progress = .behind
            counts.resyncs += 1
        }
    }

    private func waitForKeyframe(_ peer: Int) {
        guard watchers[peer]?.isWaiting == false else { return }
        watchers[peer]?.isWaiting = true
        keyframeQueue.append(peer)
    }

    /// After each part of a keyframe everyone else is heard for as long as it took to make: keyframes take
    /// half of the hub's time at most, however many watchers want one, and each gets a part in its turn.
    private func pauseKeyframes(after began: Double) {
        isKeyframePaused = true
        let tookUS = Int64((HubClock.monotonicMS - began) * 1_000)
        loop.scheduleTask(in: .microseconds(max(100, tookUS))) { [weak self] in
            self?.assumeIsolated { $0.resumeKeyframes() }
        }
    }

    private func resumeKeyframes() {
        isKeyframePaused = false
        while !isKeyframePaused, !keyframeQueue.isEmpty {
            let peer = keyframeQueue.removeFirst()
            watchers[peer]?.isWaiting = false
            drain(peer)
        }
    }

    /// Ten times a second: what has waited too long.
    func tick() {
        let now = HubClock.monotonicMS
        // Who was not heard meanwhile was not silent.
        let stopped = stopNotice.look(at: now)
        if stopped > 0 { for agent in agents.values { agent.lastHeard += stopped } }
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
        evaluateAlerts()
        sums.turn(at: clock.at)
        flush()
        forgetKeyframes(now)
        settleMemory(now)
        beat(now)
    }

    /// Tells those who watch that the hub lives. A keyframe that is on its way says so itself, and so does
    /// whatever waits to be taken.
    private func beat(_ now: Double) {
        guard now - beatAt >= Double(Self.beatMS) - 50 else { return }
        beatAt = now
        var bytes: [UInt8] = []
        Line(at: clock.at, .beat).encode(into: &bytes)
        let line = ByteBuffer(bytes: bytes)
        for watcher in watchers.values where watcher.isOwedNothing && watcher.channel.isWritable {
            watcher.channel.writeAndFlush(line, promise: nil)
        }
    }
}

extension Line {
    /// Appends it as it may be read: of sums of what agents sent, and that hold all the messages that
    /// they may, the messages go where the line would be too long.
    func encodeWhole(into bytes: inout [UInt8]) {
        let start = bytes.count
        encode(into: &bytes)
        guard bytes.count - start > WireLimits.lineBytes else { return }
        bytes.removeLast(bytes.count - start)
        withoutMessages.encode(into: &bytes)
    }

    private var withoutMessages: Line {
        func cut(_ delta: Delta) -> Delta {
            var delta = delta
            delta.counters.messages = []
            return delta
        }
        switch message {
        case .delta(let delta): return Line(at: at, source: source, .delta(cut(delta)))
        case .total(let delta): return Line(at: at, source: source, .total(cut(delta)))
        case .slot(let delta): return Line(at: at, source: source, .slot(cut(delta)))
        case .hello, .strategy, .call, .breaker, .limit, .ack, .lost, .ping, .pong, .beat, .bye,
            .welcome, .error,
            .command, .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
            .agentGone, .clock, .commandStatus, .commandDone, .alert, .standing, .standingEnd,
            .unknown:
            return self
        }
    }
}

extension Message {
    /// Whether it counts what agents do: most of a stream, and of no use to one who looks away.
    fileprivate var isFigures: Bool {
        switch self {
        case .delta, .call: true
        case .hello, .strategy, .breaker, .limit, .ack, .lost, .ping, .pong, .beat, .bye, .welcome,
            .error,
            .command, .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
            .agentGone, .total, .slot, .clock, .commandStatus, .commandDone, .alert, .standing,
            .standingEnd, .unknown:
            false
        }
    }
}

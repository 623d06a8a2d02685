import Fleet
import HubMetrics
import NIOCore
import ResilienceWire

// The stream to viewers and operators, and the hub's periodic work.

extension Hub {
    /// Applies a message to the fleet and adds it to the stream. Rejects a message whose line is
    /// too long for readers: safe names and the source may have made it longer.
    ///
    /// - Returns: whether the message was published.
    @discardableResult
    func publish(_ message: StreamMessage, from source: InstanceID? = nil) -> Bool {
        let line = Line(at: clock.at, source: source, message)
        let start = stream.count
        line.encode(into: &stream)
        // Leaves room because a keyframe repeats the line with a few more digits of state.
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

    /// Moves closed sums to ``summed``. Unless `all`, stops at a limit per turn of the loop, so
    /// that agents are read in between.
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

    /// Starts summing when the first watcher wants sums, and stops with the last.
    ///
    /// The flush in between keeps every piece consistent: no piece repeats a delta that a later sum
    /// contains, and every piece with sums has all of them.
    func beginOrEndSums() {
        let isWanted = watchers.values.contains { $0.detail == .perSecond }
        guard isWanted != isSumming else { return }
        passAllSums()
        flush()
        isSumming = isWanted
    }

    /// Plans one flush after the present turn of the event loop, when all readable peers were read.
    func flushSoon() {
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        loop.execute { [weak self] in self?.assumeIsolated { $0.flush() } }
    }

    /// Appends the published data to the backlog and sends it to each watcher that is writable.
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
        // The backlog no longer has the pieces that follow its keyframe, so it needs a new
        // keyframe.
        for (peer, watcher) in watchers where watcher.needs.map({ $0 < backlog.start }) == true {
            watchers[peer]?.progress = .behind
            counts.resyncs += 1
        }
    }

    /// Sends to a watcher until its channel is not writable or nothing is left to send.
    func drain(_ peer: Int) {
        guard let channel = watchers[peer]?.channel else { return }
        while channel.isWritable {
            switch watchers[peer]?.progress {
            case .following(let number):
                guard let piece = backlog[number] else { return channel.flush() }
                watchers[peer]?.progress = .following(number + 1)
                let wanted = piece[watchers[peer]?.detail ?? .full]
                if wanted.readableBytes > 0 { channel.write(wanted, promise: nil) }
            case .behind:
                // Flushes first, so that nothing in the keyframe is sent again after it.
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

    /// The keyframe for a watcher. Usually made now. If many keyframes are in use, it may be a
    /// shared one up to a second old whose following pieces are still in the backlog.
    private func keyframe(for watcher: ViewerSession?) -> SharedKeyframe {
        let now = HubClock.monotonicMS
        let historyMS = watcher?.historyMS
        let isShared = historyMS == nil && watcher?.detail != MetricsDetail.off
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

    /// The number of fleet snapshots that keyframes in progress keep in memory.
    private var keyframesHeld: Int {
        Set(watchers.values.lazy.filter { !$0.isOwedNothing }.compactMap(\.needs)).count
    }

    /// Drops an old shared keyframe, and the keyframes of stuck watchers, to free their fleet
    /// snapshots.
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

    /// Pauses keyframes for as long as the last part took to make. Keyframes so take at most half
    /// of the hub's time, however many watchers want one, and the watchers take turns.
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

    /// Does the periodic work, ten times a second: timeouts, alerts, sums, memory and beats.
    func tick() {
        let now = HubClock.monotonicMS
        // The hub did not read while it was stopped, so that time is no silence of the agents.
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

    /// Sends a beat to watchers, which shows that the hub is alive. Skips those with a keyframe in
    /// progress or with unread data: that data shows it too.
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
    /// Appends the encoded line. If it is longer than readers accept, omits its error messages.
    /// Only sums of agents' deltas can get that long.
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
        var line = self
        if case .delta(let delta) = message { line.message = .delta(cut(delta)) }
        if case .total(let delta) = message { line.message = .total(cut(delta)) }
        if case .slot(let delta) = message { line.message = .slot(cut(delta)) }
        return line
    }
}

extension StreamMessage {
    /// Whether this is a `delta` or `call` line. These are most of a stream, and a watcher may turn
    /// them off.
    fileprivate var isFigures: Bool {
        if case .delta = self { return true }
        if case .call = self { return true }
        return false
    }
}

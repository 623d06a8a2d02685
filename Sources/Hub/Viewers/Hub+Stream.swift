import Fleet
import HubMetrics
import NIOCore
import ResilienceWire

// The stream to viewers and operators.

extension Hub {
    /// Applies a message to the fleet and adds it to the stream. Rejects a message whose line is
    /// too long for readers.
    ///
    /// - Returns: whether the message was published.
    @discardableResult
    func publish(_ message: StreamMessage, from source: InstanceID? = nil) -> Bool {
        let line = Line(at: clock.at, source: source, message)
        guard broadcast.pending.append(line) else { return false }
        fleet.apply(line)
        return true
    }

    /// Makes the stream have the levels of detail that viewers want now.
    func followDetails() {
        var wanted: PendingLines.Wanted = []
        for viewer in viewers.values {
            switch viewer.detail {
            case .full: wanted.insert(.full)
            case .perSecond: wanted.insert(.sums)
            case .off, nil: break
            }
        }
        guard wanted != broadcast.pending.wanted else { return }
        flush()
        broadcast.pending.want(wanted)
        // The pieces that follow it may lack figures that are wanted from now on.
        broadcast.forgetKeyframe()
    }

    /// Plans one flush after the present turn of the event loop, when all readable peers were read.
    func flushSoon() {
        guard broadcast.planFlush() else { return }
        loop.execute { [weak self] in self?.assumeIsolated { $0.flush() } }
    }

    /// Appends the published data to the backlog and sends it to each viewer that is writable.
    func flush() {
        if let pause = broadcast.beginFlush() {
            loop.scheduleTask(in: .microseconds(pause)) { [weak self] in
                self?.assumeIsolated { hub in
                    hub.broadcast.resumeSums()
                    hub.flush()
                }
            }
        }
        guard broadcast.moveToBacklog() else { return }
        for peer in Array(viewers.keys) { drain(peer) }
        broadcast.trim(needed: viewers.values.lazy.compactMap(\.needs).min())
        // The backlog no longer has the pieces that follow its keyframe, so it needs a new
        // keyframe.
        let start = broadcast.backlog.start
        for (peer, viewer) in viewers where viewer.needs.map({ $0 < start }) == true {
            resync(peer)
        }
    }

    /// Makes a viewer take a new keyframe.
    private func resync(_ peer: Int) {
        viewers[peer]?.progress = .behind
        metering.counts.resyncs += 1
    }

    /// Sends to a viewer until its channel is not writable or nothing is left to send.
    func drain(_ peer: Int) {
        guard let channel = viewers[peer]?.channel else { return }
        while channel.isWritable {
            switch viewers[peer]?.progress {
            case .following(let number):
                guard let piece = broadcast.backlog[number] else { return channel.flush() }
                viewers[peer]?.progress = .following(number + 1)
                let lines = piece.lines(
                    viewers[peer]?.detail ?? .full, from: viewers[peer]?.batch ?? 0)
                for lines in lines where lines.readableBytes > 0 {
                    channel.write(lines, promise: nil)
                }
            case .behind:
                // Flushes first, so that nothing in the keyframe is sent again after it.
                guard broadcast.pending.isEmpty else {
                    flush()
                    continue
                }
                guard let request = viewers[peer]?.request else { return }
                guard let shared = keyframe(for: request) else { return waitForNextKeyframe() }
                viewers[peer]?.tookAt = HubClock.monotonicMS
                viewers[peer]?.batch = shared.batch
                viewers[peer]?.keyframe = shared.number
                viewers[peer]?.progress = .keyframe(shared.keyframe, then: shared.then)
            case .keyframe(_, let then):
                let began = HubClock.monotonicMS
                if let number = viewers[peer]?.keyframe, let begun = broadcast.begun(number) {
                    viewers[peer]?.keyframe = nil
                    viewers[peer]?.tookAt = began
                    viewers[peer]?.progress = .keyframe(begun.rest, then: then)
                    channel.writeAndFlush(begun.first, promise: nil)
                    continue
                }
                guard !broadcast.turns.isPaused else { return waitForKeyframe(peer) }
                guard let part = keyframePart(for: peer) else { return }
                viewers[peer]?.tookAt = began
                if part.readableBytes > 0 { channel.writeAndFlush(part, promise: nil) }
                pauseKeyframes(after: began)
            case .silent, nil:
                return
            }
        }
        channel.flush()
    }

    /// The next part of a viewer's keyframe, which may be empty.
    private func keyframePart(for peer: Int) -> ByteBuffer? {
        let part = viewers[peer]?.keyframePart()
        guard case .keyframe(let rest, _) = viewers[peer]?.progress else { return part }
        broadcast.expect(rest)
        if let part, part.readableBytes > 0, let number = viewers[peer]?.keyframe {
            viewers[peer]?.keyframe = nil
            broadcast.keep(part, of: number, rest: rest)
        }
        return part
    }

    private func keyframe(for request: KeyframeRequest) -> SharedKeyframe? {
        broadcast.keyframe(for: request, held: keyframesHeld, now: HubClock.monotonicMS) {
            fleet.keyframe(
                at: clock.at, beatMS: Self.beatMS, historyMS: request.historyMS,
                hasHistory: request.hasHistory)
        }
    }

    /// Continues the viewers that need a keyframe when the next one may be made.
    private func waitForNextKeyframe() {
        guard !broadcast.isKeyframePlanned else { return }
        broadcast.isKeyframePlanned = true
        let wait = max(1, broadcast.nextKeyframe - HubClock.monotonicMS)
        loop.scheduleTask(in: .microseconds(Int64(wait * 1_000))) { [weak self] in
            self?.assumeIsolated { hub in
                hub.broadcast.isKeyframePlanned = false
                let waiting = hub.viewers.filter { $0.value.isBehind }
                    .sorted { $0.value.askedAt < $1.value.askedAt }
                for (peer, _) in waiting { hub.drain(peer) }
            }
        }
    }

    /// The number of fleet snapshots that keyframes in progress keep in memory.
    private var keyframesHeld: Int {
        Set(viewers.values.lazy.filter { !$0.isOwedNothing }.compactMap(\.needs)).count
    }

    /// Drops an old shared keyframe, and the keyframes of stuck viewers, to free their fleet
    /// snapshots.
    func forgetKeyframes(_ now: Double) {
        broadcast.forgetOldKeyframe(now: now)
        if viewers.values.allSatisfy(\.isOwedNothing) { broadcast.relax() }
        for (peer, viewer) in viewers where viewer.isStuck(at: now) { resync(peer) }
    }

    private func waitForKeyframe(_ peer: Int) {
        guard viewers[peer]?.isWaiting == false else { return }
        viewers[peer]?.isWaiting = true
        broadcast.turns.wait(peer)
    }

    /// Pauses keyframes for as long as the last part took to make.
    private func pauseKeyframes(after began: Double) {
        broadcast.turns.pause()
        let tookUS = Int64((HubClock.monotonicMS - began) * 1_000)
        loop.scheduleTask(in: .microseconds(max(100, tookUS))) { [weak self] in
            self?.assumeIsolated { $0.resumeKeyframes() }
        }
    }

    private func resumeKeyframes() {
        broadcast.turns.resume()
        while let peer = broadcast.turns.next() {
            viewers[peer]?.isWaiting = false
            drain(peer)
        }
    }
}

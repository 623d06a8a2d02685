import Fleet
import NIOCore
import ResilienceWire
import Sockets

// Viewers and operators: their connections, their requests for the stream, and operators' commands.

extension Hub {
    func handleViewer(_ event: LineHandler<OperatorMessage>.Event, _ peer: Int, _ role: SocketRole)
    {
        switch event {
        case .opened(let channel):
            viewers[peer] = ViewerSession(channel: channel, mayCommand: role == .operator)
            if let refusal = refusalIfFull(role) { return refuse(peer, refusal) }
            PeerUser.find(channel) { [weak self] user in
                self?.assumeIsolated { $0.viewers[peer]?.user = user }
            }
        case .line(.success(let message)):
            receive(message, fromViewer: peer)
        case .line(.failure(let error)):
            refuse(peer, Refusal(code: "bad_line", detail: "\(error)"))
        case .batchEnd(let lines, let bytes, let unfinished):
            setUnfinished(unfinished, of: peer, lines: lines)
            let wait = viewers[peer]?.allowance.take(
                lines: lines, bytes: bytes, now: HubClock.monotonicMS)
            if let wait, wait > 0 { viewers[peer]?.channel.pauseReading(milliseconds: wait) }
            flush()
        case .writable(let isWritable):
            guard isWritable else { return relieveUnreadSoon() }
            viewers[peer]?.tookAt = HubClock.monotonicMS
            drain(peer)
        case .closed:
            if viewers[peer]?.isOwedNothing == false {
                memory.freed.add(ViewerSession.unreadBytes)
            }
            viewers[peer] = nil
            forgetUnfinished(of: peer)
            followDetails()
            tracker.left(peer)
        }
    }

    private func receive(_ message: OperatorMessage, fromViewer peer: Int) {
        guard let viewer = viewers[peer] else { return }
        switch message {
        case .watch(let version, let detail, let historyMS, let hasHistory)
        where version == Self.version:
            if case .keyframe = viewer.progress, detail != .off, detail != viewer.detail {
                viewers[peer]?.needsAnother = true
                viewers[peer]?.askedAt = HubClock.monotonicMS
            }
            viewers[peer]?.detail = detail
            viewers[peer]?.historyMS = KeyframeRequest.historyMS(historyMS)
            viewers[peer]?.hasHistory = hasHistory
            followDetails()
            // A viewer in the middle of a keyframe gets no second one before its end. A viewer that
            // asks for less detail than it already has needs no new keyframe.
            guard viewer.isOwedNothing, detail != .off || !viewer.isWatching else { return }
            // A shared keyframe older than what the viewer has seen would show it an earlier
            // state.
            if let seen = viewer.needs { broadcast.forgetKeyframe(before: seen) }
            viewers[peer]?.askedAt = HubClock.monotonicMS
            viewers[peer]?.progress = .behind
            drain(peer)
        case .watch(let version, _, _, _):
            refuse(
                peer,
                Refusal(
                    code: "version",
                    detail: "this hub speaks version \(Self.version), not \(version)"))
        case .command(let command) where viewer.mayCommand:
            submit(command, by: peer, viewer.user)
        case .command:
            refuse(
                peer,
                Refusal(
                    code: "read_only", detail: "commands are accepted on the operator socket only"))
        case .unknown(let type) where type != "ping" && WireLimits.lineTypes.contains(type):
            refuse(
                peer,
                Refusal(code: "wrong_socket", detail: "a viewer must not send this message type"))
        case .unknown:
            break
        }
    }

    private func submit(_ command: OperatorCommand, by peer: Int, _ user: AuditEntry.User) {
        if case .unknown(let word) = command.order {
            refuse(peer, Refusal(code: "unsupported", detail: "this hub does not know '\(word)'"))
            return
        }
        let taken = StreamCommand(
            id: command.id, address: command.address, order: command.order,
            ifVersion: command.ifVersion,
            reason: command.reason.map { WireLimits.cut($0, to: Self.reasonBytes) },
            who: user.name)
        let now = HubClock.monotonicMS
        perform(
            tracker.submit(
                taken, expires: command.expiresAt.map { Int64(now) + $0 - clock.at },
                fleet.reach(of: taken, holdsLater: command.holdsLater), by: peer, now: now),
            for: user)
    }

    func refuse(_ peer: Int, _ refusal: Refusal) {
        guard let viewer = viewers.removeValue(forKey: peer) else { return }
        viewer.channel.send(Line(.error(refusal)))
        viewer.channel.close(promise: nil)
        forgetUnfinished(of: peer)
        followDetails()
        tracker.left(peer)
    }
}

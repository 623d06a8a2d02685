import Fleet
import NIOCore
import ResilienceWire
import Sockets

// Viewers and operators: their connections, their requests for the stream, and operators' commands.

extension Hub {
    func handleWatcher(_ event: LineHandler.Event, _ peer: Int, _ role: SocketRole) {
        switch event {
        case .opened(let channel):
            watchers[peer] = ViewerSession(channel: channel, mayCommand: role == .operator)
            guard descriptors.hasRoom(for: role, peers: roleCounts) else {
                return refuse(
                    peer,
                    Refusal(
                        code: "full",
                        detail:
                            "this hub has no room for another connection: the limit of open files "
                            + "is \(descriptors.limit)"))
            }
            PeerUser.find(channel) { [weak self] user in
                self?.assumeIsolated { $0.watchers[peer]?.user = user }
            }
        case .line(.success(let line)):
            receive(line.message, fromWatcher: peer)
        case .line(.failure(let error)):
            refuse(peer, Refusal(code: "bad_line", detail: "\(error)"))
        case .batchEnd(let lines, let bytes, _):
            let wait = watchers[peer]?.allowance.take(
                lines: lines, bytes: bytes, now: HubClock.monotonicMS)
            if let wait, wait > 0 { watchers[peer]?.channel.pauseReading(milliseconds: wait) }
            flush()
        case .writable(let isWritable):
            guard isWritable else { return relieveUnread() }
            watchers[peer]?.tookAt = HubClock.monotonicMS
            drain(peer)
        case .closed:
            if watchers[peer]?.isOwedNothing == false { freed += ViewerSession.unreadBytes }
            watchers[peer] = nil
            beginOrEndSums()
            book.left(peer)
        }
    }

    private func receive(_ message: Message, fromWatcher peer: Int) {
        guard let watcher = watchers[peer] else { return }
        switch message {
        case .watch(let version, let figures, let historyMS) where version == Self.version:
            watchers[peer]?.figures = figures
            watchers[peer]?.historyMS = historyMS
            beginOrEndSums()
            // A watcher in the middle of a keyframe gets no second one: each takes much memory. A
            // viewer that asks for less detail than it already has needs no new keyframe.
            guard watcher.isOwedNothing, figures != .off || !watcher.isWatching else { return }
            // A shared keyframe older than what the watcher has seen would show it an earlier
            // state.
            if let seen = watcher.needs, let recent, recent.then < seen { self.recent = nil }
            watchers[peer]?.progress = .behind
            drain(peer)
        case .watch(let version, _, _):
            refuse(
                peer,
                Refusal(
                    code: "version",
                    detail: "this hub speaks version \(Self.version), not \(version)"))
        case .command(let command) where watcher.mayCommand:
            submit(command, by: peer, watcher.user)
        case .command:
            refuse(
                peer,
                Refusal(
                    code: "read_only", detail: "commands are accepted on the operator socket only"))
        case .ping, .unknown:
            break
        case .hello, .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .bye, .welcome,
            .pong, .beat, .error, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
            .agentGone, .total,
            .slot, .clock, .commandStatus, .commandDone, .alert, .standing, .standingEnd:
            refuse(
                peer, Refusal(code: "wrong_socket", detail: "a viewer does not send such a line"))
        }
    }

    private func submit(_ command: Command, by peer: Int, _ user: AuditEntry.User) {
        guard case .address(let text) = command.target else {
            refuse(peer, Refusal(code: "address", detail: "a command needs its address in 'to'"))
            return
        }
        if case .unknown(let word) = command.order {
            let shown = SafeText.sanitise(word, maxBytes: 40)
            refuse(peer, Refusal(code: "unsupported", detail: "this hub does not know '\(shown)'"))
            return
        }
        let order = Command(
            id: SafeText.sanitise(command.id, maxBytes: WireLimits.nameBytes),
            target: .address(SafeText.sanitise(text, maxBytes: WireLimits.addressBytes)),
            order: command.order, ifVersion: command.ifVersion,
            expiresMonoMS: command.expiresAt.map { Int64(HubClock.monotonicMS) + $0 - clock.at },
            reason: command.reason.map { SafeText.sanitise($0, maxBytes: 256) }, who: user.name)
        let resolution: Fleet.Resolution
        do throws(Address.Malformed) {
            resolution = fleet.resolve(try Address(text))
        } catch {
            resolution = .nothing(detail: SafeText.sanitise(error.description, maxBytes: 512))
        }
        perform(book.submit(order, resolution, by: peer, now: HubClock.monotonicMS), for: user)
    }

    func refuse(_ peer: Int, _ refusal: Refusal) {
        guard let watcher = watchers.removeValue(forKey: peer) else { return }
        watcher.channel.send(Line(.error(refusal)))
        watcher.channel.close(promise: nil)
        book.left(peer)
    }
}

import Fleet
import Glibc
public import NIOCore
import NIOPosix
import ResilienceWire
public import Sockets

/// The three sockets of a directory and the fleet between them. One event loop, no locks: whatever
/// arrives is decoded, made safe, applied to the fleet and passed on to those who watch.
public actor Hub {
    /// Agents that connected and were not turned away, and those who watch.
    public struct Peers: Equatable, Sendable {
        /// Connections of agents.
        public let agents: Int
        /// Connections of viewers and operators.
        public let watchers: Int
    }

    /// The protocol's version.
    static let version = 1
    /// An agent silent for so long is stale.
    static let staleMS = 15_000.0
    /// One that has not said hello by then is disconnected.
    static let helloMS = 5_000.0

    private let loop: any EventLoop
    private let directory: SocketDirectory
    private let lock: HubLock
    private var servers: [any Channel] = []
    private var timer: RepeatedTask?

    private var fleet = Fleet()
    private var book = CommandBook()
    private var clock = HubClock()
    private var agentNames = SafeNames()
    private var agents: [Int: AgentPeer] = [:]
    private var connections: [InstanceID: Int] = [:]
    private var watchers: [Int: WatcherPeer] = [:]
    private var nextPeer = 0
    private var stream: [UInt8] = []

    /// The event loop's: all of the hub's work happens there.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.executor.asUnownedSerialExecutor()
    }

    /// Takes a socket directory.
    ///
    /// - Throws: ``SocketError`` where it cannot be used or has a hub already.
    public init(_ directory: SocketDirectory, on loop: any EventLoop) throws(SocketError) {
        try directory.create()
        lock = try HubLock(directory)
        self.directory = directory
        self.loop = loop
    }

    /// Opens the sockets. Whoever connects from now on is served.
    public func start() async throws {
        // Nobody else has a socket even for a moment.
        let mask = umask(0o077)
        defer { umask(mask) }
        for role in SocketRole.allCases {
            // Only the lock's holder comes here, so what is left there is stale.
            unlink(directory.socket(role))
            servers.append(try await listen(role))
            chmod(directory.socket(role), 0o600)
        }
        timer = loop.scheduleRepeatedTask(
            initialDelay: .milliseconds(100), delay: .milliseconds(100)
        ) {
            [weak self] _ in
            self?.assumeIsolated { $0.tick() }
        }
    }

    /// Closes every connection and removes the sockets.
    public func stop() async {
        timer?.cancel()
        for role in SocketRole.allCases { unlink(directory.socket(role)) }
        for server in servers { try? await server.close() }
        for channel in agents.values.map(\.channel) + watchers.values.map(\.channel) {
            channel.close(promise: nil)
        }
    }

    /// How many are connected at the moment.
    public var peers: Peers { Peers(agents: agents.count, watchers: watchers.count) }

    private func listen(_ role: SocketRole) async throws -> any Channel {
        try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 256 * 1_024, high: 1_024 * 1_024)
            )
            .childChannelInitializer { [weak self] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let self else { return }
                    let peer = self.assumeIsolated { $0.newPeer() }
                    try channel.pipeline.syncOperations.addHandler(
                        LineHandler { [weak self] event in
                            self?.assumeIsolated { $0.handle(event, peer, role) }
                        })
                }
            }
            .bind(unixDomainSocketPath: directory.socket(role))
            .get()
    }

    private func newPeer() -> Int {
        nextPeer += 1
        return nextPeer
    }

    private func handle(_ event: LineHandler.Event, _ peer: Int, _ role: SocketRole) {
        switch role {
        case .agent: handleAgent(event, peer)
        case .view, .operator: handleWatcher(event, peer, role)
        }
    }
}

// MARK: - Agents

extension Hub {
    private func handleAgent(_ event: LineHandler.Event, _ peer: Int) {
        switch event {
        case .opened(let channel):
            agents[peer] = AgentPeer(channel, now: HubClock.monotonicMS)
        case .line(.success(let line)):
            receive(line.message, from: peer)
        case .line(.failure(let error)):
            dismiss(peer, Refusal(code: "bad_line", detail: "\(error)"))
        case .batchEnd:
            flush()
        case .writable:
            break
        case .closed:
            agentLeft(peer, why: "connection closed without bye: the process ended or was killed")
        }
    }

    private func receive(_ message: Message, from peer: Int) {
        guard var agent = agents[peer] else { return }
        agent.lastHeard = HubClock.monotonicMS
        defer { agents[peer]?.lastHeard = agent.lastHeard }
        guard let id = agent.id else {
            guard case .hello(let hello) = message else {
                dismiss(peer, Refusal(code: "hello", detail: "the first line must be a hello"))
                return
            }
            welcome(hello, peer)
            return
        }
        if agent.isStale, let hello = agent.hello {
            agents[peer]?.isStale = false
            publish(.agentUp(AgentUp(hello)), from: id)
        }
        switch message {
        case .hello:
            dismiss(peer, Refusal(code: "hello", detail: "hello was said already"))
        case .bye:
            agentLeft(peer, why: "said bye")
        case .ping, .unknown:
            break
        case .lost(let count):
            publish(.lost(count), from: id)
        case .strategy(let declaration):
            let name = agents[peer]?.names.safe(declaration.strategy) ?? declaration.strategy
            guard declare(name, peer) else { return }
            publish(message.sanitised { _ in name }, from: id)
        case .delta(let delta):
            count(message, delta.strategy, peer, id)
        case .call(let call):
            count(message, call.strategy, peer, id)
        case .breaker(let change):
            count(message, change.strategy, peer, id)
        case .limit(let change):
            count(message, change.strategy, peer, id)
        case .ack:
            guard case .ack(let ack) = message.sanitised(strategy: { $0 }) else { return }
            perform(book.answered(ack, by: id, now: HubClock.monotonicMS))
        case .welcome, .error, .command, .watch, .recording, .keyframe, .keyframeEnd, .agentUp,
            .agentStale, .agentGone, .total, .slot, .clock, .commandStatus, .commandDone, .alert:
            dismiss(
                peer, Refusal(code: "wrong_socket", detail: "an agent does not send such a line"))
        }
    }

    /// A line about a strategy counts once that was declared.
    private func count(_ message: Message, _ strategy: String, _ peer: Int, _ id: InstanceID) {
        guard let name = agents[peer]?.names.safe(strategy),
            agents[peer]?.declared.contains(name) == true
        else {
            let shown = SafeText.sanitise(strategy, maxBytes: 64)
            dismiss(
                peer,
                Refusal(code: "undeclared", detail: "strategy '\(shown)' was not declared before"))
            return
        }
        publish(message.sanitised { _ in name }, from: id)
    }

    private func declare(_ name: String, _ peer: Int) -> Bool {
        guard let count = agents[peer]?.declared.count, count < AgentPeer.strategyLimit else {
            dismiss(
                peer,
                Refusal(
                    code: "limit",
                    detail: "an agent has at most \(AgentPeer.strategyLimit) strategies"))
            return false
        }
        agents[peer]?.declared.insert(name)
        return true
    }

    private func welcome(_ hello: Hello, _ peer: Int) {
        guard hello.version == Self.version else {
            dismiss(
                peer,
                Refusal(
                    code: "version",
                    detail: "this hub speaks version \(Self.version), not \(hello.version)"))
            return
        }
        let id = InstanceID(
            agent: agentNames.safe(hello.id.agent), instance: hello.id.instance.lowercased())
        // The same instance again: its old connection is dead, or is another's claim to its name.
        if let old = connections[id] { agentLeft(old, why: "connected again") }
        connections[id] = peer
        agents[peer]?.id = id
        var safe = hello
        safe.client = SafeText.sanitise(hello.client, maxBytes: WireLimits.nameBytes)
        agents[peer]?.hello = safe
        agents[peer]?.channel.send(Line(.welcome(version: Self.version)))
        publish(.agentUp(AgentUp(safe)), from: id)
    }

    private func dismiss(_ peer: Int, _ refusal: Refusal) {
        guard let agent = agents[peer] else { return }
        agent.channel.send(Line(.error(refusal)))
        agentLeft(peer, why: "disconnected by the hub: \(refusal.detail)")
    }

    private func agentLeft(_ peer: Int, why: String) {
        guard let agent = agents.removeValue(forKey: peer) else { return }
        agent.channel.close(promise: nil)
        guard let id = agent.id, connections[id] == peer else { return }
        connections[id] = nil
        publish(.agentGone(why: SafeText.sanitise(why, maxBytes: 512)), from: id)
        perform(book.gone(id))
        flush()
    }
}

extension AgentUp {
    fileprivate init(_ hello: Hello) {
        self.init(pid: hello.pid, client: hello.client, intervalMS: hello.intervalMS)
    }
}

// MARK: - Viewers and operators

extension Hub {
    private func handleWatcher(_ event: LineHandler.Event, _ peer: Int, _ role: SocketRole) {
        switch event {
        case .opened(let channel):
            watchers[peer] = WatcherPeer(channel: channel, mayCommand: role == .operator)
            PeerUser.name(of: channel) { [weak self] who in
                self?.assumeIsolated { $0.watchers[peer]?.who = who }
            }
        case .line(.success(let line)):
            receive(line.message, fromWatcher: peer)
        case .line(.failure(let error)):
            refuse(peer, Refusal(code: "bad_line", detail: "\(error)"))
        case .batchEnd:
            flush()
        case .writable(let isWritable):
            if isWritable, watchers[peer]?.isBehind == true { sendKeyframe(to: peer) }
        case .closed:
            watchers[peer] = nil
            book.left(peer)
        }
    }

    private func receive(_ message: Message, fromWatcher peer: Int) {
        guard let watcher = watchers[peer] else { return }
        switch message {
        case .watch(let version) where version == Self.version:
            flush()
            watchers[peer]?.isWatching = true
            sendKeyframe(to: peer)
        case .watch(let version):
            refuse(
                peer,
                Refusal(
                    code: "version",
                    detail: "this hub speaks version \(Self.version), not \(version)"))
        case .command(let command) where watcher.mayCommand:
            submit(command, by: peer, who: watcher.who)
        case .command:
            refuse(
                peer,
                Refusal(
                    code: "read_only", detail: "commands are taken on the operator socket only"))
        case .ping, .unknown:
            break
        case .hello, .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .bye, .welcome,
            .error, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale, .agentGone, .total,
            .slot, .clock, .commandStatus, .commandDone, .alert:
            refuse(
                peer, Refusal(code: "wrong_socket", detail: "a viewer does not send such a line"))
        }
    }

    private func submit(_ command: Command, by peer: Int, who: String) {
        guard case .address(let text) = command.target else {
            refuse(peer, Refusal(code: "address", detail: "a command has its address in 'to'"))
            return
        }
        var order = command
        order.who = who
        order.reason = command.reason.map { SafeText.sanitise($0, maxBytes: 256) }
        order.target = .address(SafeText.sanitise(text, maxBytes: 512))
        order.id = SafeText.sanitise(command.id, maxBytes: WireLimits.nameBytes)
        let resolution: Fleet.Resolution
        do throws(Address.Malformed) {
            resolution = fleet.resolve(try Address(text))
        } catch {
            resolution = .nothing(detail: SafeText.sanitise(error.description, maxBytes: 512))
        }
        perform(book.submit(order, resolution, by: peer, now: HubClock.monotonicMS))
    }

    private func refuse(_ peer: Int, _ refusal: Refusal) {
        guard let watcher = watchers.removeValue(forKey: peer) else { return }
        watcher.channel.send(Line(.error(refusal)))
        watcher.channel.close(promise: nil)
        book.left(peer)
    }

    private func sendKeyframe(to peer: Int) {
        watchers[peer]?.isBehind = false
        var bytes: [UInt8] = []
        for line in fleet.keyframe(at: clock.at) { line.encode(into: &bytes) }
        watchers[peer]?.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }
}

// MARK: - The stream and commands

extension Hub {
    /// Applies a message and adds it to the stream.
    private func publish(_ message: Message, from source: InstanceID? = nil) {
        let line = Line(at: clock.at, source: source, message)
        fleet.apply(line)
        line.encode(into: &stream)
    }

    /// Passes what was published on to those who watch and keep up.
    private func flush() {
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

    private func perform(_ actions: [CommandBook.Action]) {
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

    private func tick() {
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

import NIOCore
import NIOPosix
import Resilience
import ResilienceWire
import Sockets
import Synchronization

/// The connection to a hub, which reconnects whenever it is lost. It runs on its own event loop, so
/// no other code of the agent waits for it.
actor Link {
    private let loop: any EventLoop
    private let registry: Registry
    private let places: SocketSearchPath
    private let hello: Hello
    private var runner: CommandRunner
    private var machine: StateMachine
    private var channel: (any Channel)?
    /// The path of the socket of ``channel``.
    private var socket: String?
    private var pulse = Pulse(at: MonotonicClock.milliseconds)
    private var timers: [RepeatedTask] = []
    /// Whether a wake-up is already scheduled.
    private let waking = Atomic(false)

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.executor.asUnownedSerialExecutor()
    }

    init(loop: any EventLoop, registry: Registry, places: SocketSearchPath, hello: Hello) {
        self.loop = loop
        self.registry = registry
        self.places = places
        self.hello = hello
        runner = CommandRunner(registry)
        machine = StateMachine()
    }

    nonisolated func start() {
        onLoop { link in
            link.scheduleFlushes()
            link.perform(link.machine.start())
        }
    }

    /// Schedules the sending of waiting events. Any thread may call it, any number of times.
    nonisolated func wake() {
        guard !waking.exchange(true, ordering: .acquiringAndReleasing) else { return }
        onLoop { link in
            link.waking.store(false, ordering: .releasing)
            link.sendEvents()
        }
    }

    /// Sends the remaining lines and `bye`, and waits until the connection has closed.
    func stop() async {
        for timer in timers { timer.cancel() }
        let open = channel
        if open != nil, machine.state == .welcomed {
            flush()
            send([.bye])
        }
        perform(machine.stop())
        try? await open?.closeFuture.get()
    }

    private nonisolated func onLoop(_ work: @escaping @Sendable (isolated Link) -> Void) {
        loop.execute { self.assumeIsolated(work) }
    }

    private func scheduleFlushes() {
        let interval = TimeAmount.milliseconds(Int64(hello.intervalMS))
        timers = [
            loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in
                self?.assumeIsolated { $0.flush() }
            },
            loop.scheduleRepeatedTask(initialDelay: Pulse.look, delay: Pulse.look) {
                [weak self] _ in
                self?.assumeIsolated { $0.lookAtPulse() }
            },
        ]
    }

    private func lookAtPulse() {
        guard let channel else { return }
        switch pulse.look(at: MonotonicClock.milliseconds) {
        case .none: break
        case .ping: send([.ping])
        // Counters keep adding up until the next connection sends them.
        case .reconnect: channel.close(promise: nil)
        }
    }

    private func perform(_ action: StateMachine.Action) {
        switch action {
        case .none:
            break
        case .connect:
            connect(places.usable()[...])
        case .wait(let delay):
            loop.scheduleTask(in: .nanoseconds(delay.nanoseconds)) { [weak self] in
                self?.assumeIsolated { $0.perform($0.machine.waited()) }
            }
        case .introduce:
            pulse.connected(at: MonotonicClock.milliseconds)
            send([.hello(hello)])
        case .declare:
            send(registry.declarations())
            sendEvents()
        case .close:
            channel?.close(promise: nil)
            channel = nil
        }
    }

    /// Tries the sockets in order. It goes on to the next one if a socket is stale or its backlog
    /// is full.
    private func connect(_ sockets: ArraySlice<String>) {
        guard let path = sockets.first else {
            perform(machine.failed())
            return
        }
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(1))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        LineHandler<HubToAgentMessage> { [weak self] event in
                            self?.assumeIsolated { $0.handle(event) }
                        })
                }
            }
            .connect(unixDomainSocketPath: path)
            .whenComplete { [weak self] result in
                self?.assumeIsolated { link in
                    switch result {
                    case .success: link.socket = path
                    case .failure: link.connect(sockets.dropFirst())
                    }
                }
            }
    }

    private func handle(_ event: LineHandler<HubToAgentMessage>.Event) {
        switch event {
        case .opened(let channel):
            self.channel = channel
            perform(machine.connected())
        case .line(.success(let message)):
            handle(message)
        case .line(.failure):
            channel?.close(promise: nil)
        case .batchEnd:
            pulse.hear(at: MonotonicClock.milliseconds)
        case .writable:
            break
        case .closed:
            channel = nil
            perform(machine.failed())
        }
    }

    private func handle(_ message: HubToAgentMessage) {
        switch message {
        case .welcome(_, let beatMS, let orders):
            pulse.welcomed(beats: beatMS != nil)
            readOrders(orders)
            perform(machine.welcomed())
        case .error:
            channel?.close(promise: nil)
        case .command(let command):
            // The state line that the command causes is posted first, so the hub receives it before
            // the answer.
            registry.post(.ack(runner.run(command, now: MonotonicClock.milliseconds)))
        case .orders(let revision):
            readOrders(revision)
        case .pong, .order, .unknown:
            break
        }
    }

    /// Reads the hub's orders file if its revision is another one than that which was read.
    private func readOrders(_ revision: String?) {
        guard let revision, revision != registry.ordersRevision, let socket,
            registry.options.allowsControl, let file = places.orders(beside: socket)
        else { return }
        registry.take(file)
    }

    private func flush() {
        guard isReady else { return }
        send(registry.takeEvents() + registry.takeDeltas())
    }

    /// Whether the hub has sent `welcome` and the channel is writable. The hub may never read lines
    /// that are sent before.
    private var isReady: Bool {
        machine.state == .welcomed && channel?.isWritable == true
    }

    private func sendEvents() {
        guard isReady else { return }
        send(registry.takeEvents())
    }

    private func send(_ messages: [AgentMessage]) {
        guard let channel, !messages.isEmpty else { return }
        var bytes: [UInt8] = []
        for message in messages { message.encode(into: &bytes) }
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }
}

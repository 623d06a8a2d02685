import NIOCore
import NIOPosix
import Resilience
import ResilienceWire
import Sockets
import Synchronization

/// The connection to a hub: made, kept and made again. It lives on an event loop of its own, and
/// nothing else of the agent waits for it.
actor Link {
    private let loop: any EventLoop
    private let registry: Registry
    private let places: SocketPlaces
    private let hello: Hello
    private var runner: CommandRunner
    private var machine: StateMachine
    private var channel: (any Channel)?
    private var lastSent = Instant(nanoseconds: 0)
    private var timer: RepeatedTask?
    private let time = TimeSource.monotonic
    /// Whether a wake-up is on its way already.
    private let waking = Atomic(false)

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.executor.asUnownedSerialExecutor()
    }

    init(loop: any EventLoop, registry: Registry, places: SocketPlaces, hello: Hello) {
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

    /// Sends waiting events soon; may be called from any thread, and often.
    nonisolated func wake() {
        guard !waking.exchange(true, ordering: .acquiringAndReleasing) else { return }
        onLoop { link in
            link.waking.store(false, ordering: .releasing)
            link.sendEvents()
        }
    }

    /// Sends what is left and says goodbye.
    func stop() async {
        timer?.cancel()
        let open = channel
        if open != nil {
            flush()
            send([Line(.bye)])
        }
        perform(machine.stop())
        try? await open?.closeFuture.get()
    }

    private nonisolated func onLoop(_ work: @escaping @Sendable (isolated Link) -> Void) {
        loop.execute { self.assumeIsolated(work) }
    }

    private func scheduleFlushes() {
        let interval = TimeAmount.milliseconds(Int64(hello.intervalMS))
        timer = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
            [weak self] _ in
            self?.assumeIsolated { $0.flush() }
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
            send([Line(.hello(hello))] + registry.declarations())
            sendEvents()
        case .close:
            channel?.close(promise: nil)
            channel = nil
        }
    }

    /// Tries one socket after the other; a full backlog or a stale socket is one to pass over.
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
                        LineHandler { [weak self] event in
                            self?.assumeIsolated { $0.handle(event) }
                        })
                }
            }
            .connect(unixDomainSocketPath: path)
            .whenComplete { [weak self] result in
                self?.assumeIsolated { link in
                    switch result {
                    case .success: break
                    case .failure: link.connect(sockets.dropFirst())
                    }
                }
            }
    }

    private func handle(_ event: LineHandler.Event) {
        switch event {
        case .opened(let channel):
            self.channel = channel
            perform(machine.connected())
        case .line(.success(let line)):
            handle(line.message)
        case .line(.failure):
            channel?.close(promise: nil)
        case .batchEnd, .writable:
            break
        case .closed:
            channel = nil
            perform(machine.failed())
        }
    }

    private func handle(_ message: Message) {
        switch message {
        case .welcome:
            machine.welcomed()
        case .error:
            channel?.close(promise: nil)
        case .command(let command):
            // The state line that it causes is posted before its answer, and is sent before it.
            registry.post(.ack(runner.run(command, now: MonotonicClock.milliseconds)))
        case .hello, .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .ping, .bye, .watch,
            .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale, .agentGone, .total, .slot,
            .clock, .commandStatus, .commandDone, .alert, .standing, .standingEnd, .unknown:
            break
        }
    }

    private func flush() {
        guard let channel, channel.isWritable else { return }
        send(registry.takeEvents() + registry.takeDeltas())
        if time.now - lastSent >= .seconds(5) { send([Line(.ping)]) }
    }

    private func sendEvents() {
        guard let channel, channel.isWritable else { return }
        send(registry.takeEvents())
    }

    private func send(_ lines: [Line]) {
        guard let channel, !lines.isEmpty else { return }
        var bytes: [UInt8] = []
        for line in lines { line.encode(into: &bytes) }
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        lastSent = time.now
    }
}

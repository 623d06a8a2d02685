public import Fleet
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

    /// What a hub keeps and insists on.
    public struct Options: Sendable {
        /// Who may use the sockets.
        public var access = SocketAccess.owner
        /// Where the audit log and the standing orders are kept; nowhere unless set.
        public var state: StatePlaces?
        /// Whether a command that cannot be written down first is refused.
        public var requiresAudit = false
        /// What it looks out for.
        public var alerts = AlertRules.standard
        /// How long the command of an alert may take before it is ended.
        public var alertPatience = Duration.seconds(30)
        /// How much memory what peers cause may take, in bytes.
        public var memoryBytes = 512_000_000
        /// How far apart Prometheus scrapes are at most.
        public var scrapeInterval = Duration.seconds(15)
        /// Where the hub's own words go, one line each; nowhere unless set.
        public var log: @Sendable (String) -> Void = { _ in }

        /// Nothing is kept.
        public init() {}
    }

    /// The protocol's version.
    static let version = 1
    /// An agent silent for so long is stale.
    static let staleMS = 15_000.0
    /// One that has not said hello by then is disconnected.
    static let helloMS = 5_000.0
    /// How often those who watch hear something, and agents may ask for it, in milliseconds.
    static let beatMS = 1_000

    let loop: any EventLoop
    private let directory: SocketDirectory
    private var lock: HubLock?
    let options: Options
    let ledger: DurableStore?
    /// Why the state directory cannot be used: nothing is kept in it.
    let stateTrouble: SocketError?
    private var servers: [any Channel] = []
    private var timer: RepeatedTask?

    var fleet = Fleet()
    var book = CommandTracker()
    var clock = HubClock()
    var agentNames = SafeNames()
    var agents: [Int: AgentSession] = [:]
    var connections: [InstanceID: Int] = [:]
    var watchers: [Int: ViewerSession] = [:]
    /// The user that said an instance first.
    var owners: [InstanceID: UInt32] = [:]
    let descriptors = DescriptorBudget.ofProcess()
    private var nextPeer = 0
    /// Why what cannot be written at present cannot.
    var ledgerFailures = DurableStore.Failures()
    /// CLOCK_MONOTONIC milliseconds.
    var standingCheckedAt = HubClock.monotonicMS
    /// Standing orders given again so far.
    var renewals = 0
    var renewed = Renewals()
    /// Published, and not passed on yet.
    var stream: [UInt8] = []
    /// The part of ``stream`` without `delta` and `call` lines.
    var events: [UInt8] = []
    /// The same with the sums of the deltas; empty while nobody wants them.
    var summed: [UInt8] = []
    var sums = SecondSums()
    /// Whether somebody wants sums.
    var isSumming = false
    var isFlushPlanned = false
    var backlog = BroadcastBuffer()
    /// The keyframe that was made last.
    var recent: SharedKeyframe?
    /// Watchers that wait for their turn to go on with their keyframes.
    var keyframeQueue: [Int] = []
    /// Whether no part of a keyframe is made now, so that others are heard.
    var isKeyframePaused = false
    var counts = HubCounts()
    /// Which counters a scrape shows; `nil` where nobody may scrape.
    var series: SeriesBook?
    var memory = MemoryBook()
    /// About what waits to be read by viewers and operators besides the stream, in bytes.
    var unreadBytes = 0
    /// When each agent took too much last, in milliseconds of CLOCK_MONOTONIC; `nil`: when viewers or
    /// operators were disconnected for not reading.
    var memoryAlerts: [InstanceID?: Double] = [:]
    var memorySettledAt = HubClock.monotonicMS
    /// Bytes that were given back, and that the allocator still has.
    var freed = 0
    /// ``freed`` a second ago.
    var freedBefore = 0
    /// What all took when that was looked at last, in bytes.
    var weighed = 0
    /// Watchers that were disconnected for not reading, and not told of yet.
    var slow: (count: Int, last: AuditEntry.User?) = (0, nil)
    var stopNotice = StopNotice(at: HubClock.monotonicMS)
    /// CLOCK_MONOTONIC milliseconds.
    var beatAt = HubClock.monotonicMS
    var alertEvaluator: AlertEvaluator
    var alertQueue = AlertQueue()
    /// The part of the fleet that the rules look at next.
    var alertPart = 0
    /// They wait for the commands of alerts; none before there is one.
    let alertThreads = NIOThreadPool(numberOfThreads: AlertQueue.width)

    /// The event loop's: all of the hub's work happens there.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.executor.asUnownedSerialExecutor()
    }

    /// Takes a socket directory.
    ///
    /// - Throws: ``SocketError`` where it cannot be used or has a hub already.
    public init(
        _ directory: SocketDirectory, on loop: any EventLoop, _ options: Options = Options()
    ) throws(SocketError) {
        try directory.create(options.access)
        var trouble: SocketError?
        do throws(SocketError) {
            try options.state?.create()
        } catch  where !options.requiresAudit {
            trouble = error
        }
        stateTrouble = trouble
        lock = try HubLock(directory)
        self.directory = directory
        self.loop = loop
        self.options = options
        ledger = options.state.map {
            trouble == nil ? DurableStore($0, loop) : DurableStore(withoutFilesIn: $0, loop)
        }
        alertEvaluator = AlertEvaluator(options.alerts)
    }

    /// Opens the sockets. Whoever connects from now on is served.
    public func start() async throws {
        if let stateTrouble {
            tellAudit("\(stateTrouble)")
            log(Self.unaudited("\(stateTrouble)"))
        } else {
            recallStanding()
            recallAlerts()
        }
        // Nobody else has a socket even for a moment.
        let mask = umask(0o077)
        defer { umask(mask) }
        for role in SocketRole.allCases {
            // Only the lock's holder comes here, so what is left there is stale.
            unlink(directory.socket(role))
            servers.append(try await listen(role))
            try directory.open(role, to: options.access)
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
        // A command that still runs is not waited for; it has a session of its own and goes on.
        alertThreads.shutdownGracefully { _ in }
        await ledger?.close()
        lock = nil
    }

    func log(_ words: String) { options.log(words) }

    /// How many connections there are of each role.
    var roleCounts: DescriptorBudget.Peers {
        let operators = watchers.values.count(where: \.mayCommand)
        return DescriptorBudget.Peers(
            agents: agents.count, viewers: watchers.count - operators, operators: operators)
    }

    /// How many are connected at the moment.
    public var peers: Peers { Peers(agents: agents.count, watchers: watchers.count) }

    private func listen(_ role: SocketRole) async throws -> any Channel {
        try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(
                    low: ViewerSession.keyframeBytes / 2, high: ViewerSession.keyframeBytes)
            )
            // One peer's turn is short, so that one who always has more to say delays nobody.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: ReadAllowance.turnBytes)
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

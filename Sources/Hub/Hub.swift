public import Fleet
import Glibc
import HubMetrics
public import NIOCore
import NIOPosix
import ResilienceWire
public import Sockets

/// The server behind the three sockets of a directory. It keeps the state of the fleet.
///
/// All work happens on one event loop, so there are no locks. The hub decodes each line, makes its
/// text safe to show, applies it to ``fleet`` and sends it to viewers and operators.
public actor Hub {
    /// The number of open connections that the hub has accepted.
    public struct Peers: Equatable, Sendable {
        /// Connections of agents.
        public let agents: Int
        /// Connections of viewers and operators.
        public let watchers: Int
    }

    /// The settings of a hub.
    public struct Options: Sendable {
        /// The users who may connect to the sockets.
        public var access = SocketAccess.owner
        /// Where the hub stores the audit log, the standing orders and the alerts. `nil` stores
        /// nothing.
        public var state: StatePlaces?
        /// Whether the hub refuses a command that it cannot write to the audit log first.
        public var requiresAudit = false
        /// The alert rules that the hub evaluates.
        public var alerts = AlertRules.standard
        /// The longest that an alert command may run before the hub kills it.
        public var alertPatience = Duration.seconds(30)
        /// The memory budget for data that connected peers cause, in bytes.
        public var memoryBytes = 512_000_000
        /// The longest expected interval between two Prometheus scrapes.
        public var scrapeInterval = Duration.seconds(15)
        /// Receives the hub's log messages, one line each. Discards them by default.
        public var log: @Sendable (String) -> Void = { _ in }

        /// Creates options that store nothing on disk.
        public init() {}
    }

    /// The protocol's version.
    static let version = 1
    /// The silence after which an agent is stale, in milliseconds.
    static let staleMS = 15_000.0
    /// The time that a new agent has to send its hello, in milliseconds.
    static let helloMS = 5_000.0
    /// The interval between beats to watchers, in milliseconds. Agents learn it from the welcome
    /// line.
    static let beatMS = 1_000
    /// The most bytes that the hub keeps of an operator's reason.
    static let reasonBytes = 256

    let loop: any EventLoop
    private let directory: SocketDirectory
    private var lock: HubLock?
    let options: Options
    let ledger: DurableStore?
    /// Why the state directory cannot be used. `nil` if it can be, or if none is set.
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
    /// The user who first connected as each instance.
    var owners: [InstanceID: UInt32] = [:]
    let descriptors = DescriptorBudget.ofProcess()
    private var nextPeer = 0
    /// The files that cannot be written at present, each with its error.
    var ledgerFailures = DurableStore.Failures()
    /// When standing orders were last checked, in CLOCK_MONOTONIC milliseconds.
    var standingCheckedAt = HubClock.monotonicMS
    /// The number of times that the hub has sent a standing order again.
    var renewals = 0
    var renewed = Renewals()
    /// Encoded lines that are published but not yet in ``backlog``.
    var stream: [UInt8] = []
    /// The part of ``stream`` without `delta` and `call` lines.
    var events: [UInt8] = []
    /// The stream with one sum per strategy and second in place of single deltas. Empty unless
    /// ``isSumming``.
    var summed: [UInt8] = []
    var sums = SecondSums()
    /// Whether at least one watcher asked for sums.
    var isSumming = false
    var isFlushPlanned = false
    var backlog = BroadcastBuffer()
    /// The last keyframe that several watchers may share.
    var recent: SharedKeyframe?
    /// Watchers that wait to continue with their keyframes, in order.
    var keyframeQueue: [Int] = []
    /// Whether the hub makes no keyframe parts for the moment, to leave time for other work.
    var isKeyframePaused = false
    var counts = HubCounts()
    /// The counters that a scrape shows. `nil` if the metrics endpoint is off.
    var series: SeriesBook?
    var memory = MemoryBook()
    /// Approximate bytes that wait in the buffers of watchers that do not read.
    var unreadBytes = 0
    /// When the hub last freed memory of each agent for exceeding the budget, in CLOCK_MONOTONIC
    /// milliseconds. The key `nil` stands for disconnected watchers that did not read.
    var memoryAlerts: [InstanceID?: Double] = [:]
    var memorySettledAt = HubClock.monotonicMS
    /// Bytes that the hub has freed but that `malloc` has not yet returned to the system.
    var freed = 0
    /// The value of ``freed`` one second ago.
    var freedBefore = 0
    /// The total of ``memory`` at the last check, in bytes.
    var weighed = 0
    /// Watchers disconnected for not reading since the last alert about this: their number, and the
    /// user of the last one.
    var slow: (count: Int, last: AuditEntry.User?) = (0, nil)
    var stopNotice = StopNotice(at: HubClock.monotonicMS)
    /// When the last beat was sent, in CLOCK_MONOTONIC milliseconds.
    var beatAt = HubClock.monotonicMS
    var alertEvaluator: AlertEvaluator
    var alertQueue = AlertQueue()
    /// The part of the fleet that the alert rules check next.
    var alertPart = 0
    /// Threads that wait for alert commands to end. They start with the first command.
    let alertThreads = NIOThreadPool(numberOfThreads: AlertQueue.width)

    /// The executor of the event loop. All of the hub's work happens there.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.executor.asUnownedSerialExecutor()
    }

    /// Creates a hub for a socket directory and locks the directory.
    ///
    /// - Throws: ``SocketError`` if the directory cannot be used or another hub holds its lock.
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

    /// Opens the sockets and starts to accept connections.
    public func start() async throws {
        if let stateTrouble {
            tellAudit("\(stateTrouble)")
            log(Self.unaudited("\(stateTrouble)"))
        } else {
            recallStanding()
            recallAlerts()
        }
        // With this mask, no other user can open a socket before its permissions are set.
        let mask = umask(0o077)
        defer { umask(mask) }
        for role in SocketRole.allCases {
            // Only the holder of the lock gets here, so a socket file that exists is stale.
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
        // Does not wait for alert commands that still run. Each has its own session and continues.
        alertThreads.shutdownGracefully { _ in }
        await ledger?.close()
        lock = nil
    }

    func log(_ words: String) { options.log(words) }

    /// The number of connections of each role.
    var roleCounts: DescriptorBudget.Peers {
        let operators = watchers.values.count(where: \.mayCommand)
        return DescriptorBudget.Peers(
            agents: agents.count, viewers: watchers.count - operators, operators: operators)
    }

    /// The number of current connections.
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
            // Each peer gets a short turn, so that a peer that always has more to send delays no
            // other.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: ReadAllowance.turnBytes)
            )
            .childChannelInitializer { [weak self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try self?.addLineHandler(to: channel, role)
                }
            }
            .bind(unixDomainSocketPath: directory.socket(role))
            .get()
    }

    private func newPeer() -> Int {
        nextPeer += 1
        return nextPeer
    }

    /// Adds what reads the lines of a new connection.
    private nonisolated func addLineHandler(to channel: any Channel, _ role: SocketRole) throws {
        let peer = assumeIsolated { $0.newPeer() }
        let handlers = channel.pipeline.syncOperations
        switch role {
        case .agent:
            try handlers.addHandler(
                LineHandler<AgentMessage> { [weak self] event in
                    self?.assumeIsolated { $0.handleAgent(event, peer) }
                })
        case .view, .operator:
            try handlers.addHandler(
                LineHandler<OperatorMessage>(texts: .safe) { [weak self] event in
                    self?.assumeIsolated { $0.handleWatcher(event, peer, role) }
                })
        }
    }
}

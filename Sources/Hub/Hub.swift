import Fleet
import Glibc
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

    /// The protocol's version.
    static let version = 1
    /// The silence after which an agent is stale, in milliseconds.
    static let staleMS = 15_000.0
    /// The time that a new agent has to send its hello, in milliseconds.
    static let helloMS = 5_000.0
    /// The interval between beats to viewers, in milliseconds. Agents learn it from the welcome
    /// line.
    static let beatMS = 1_000
    /// The most bytes that the hub keeps of an operator's reason.
    static let reasonBytes = 256

    let loop: any EventLoop
    let options: Options
    let openFiles = OpenFileLimit.raised()
    /// The limits on connections.
    let descriptors: DescriptorBudget
    var listening: Listening
    var timer: HubTimer
    var clock = HubClock()
    var fleet = Fleet()
    var tracker = CommandTracker()
    /// Agents by connection and by instance.
    var agents = AgentTable()
    /// Reads agents' deltas.
    var deltas = DeltaReader()
    /// Viewers and operators, by connection.
    var viewers: [Int: ViewerSession] = [:]
    var broadcast = Broadcast()
    var storage: Storage
    var renewals: Renewals
    var alerting: Alerting
    var memory: MemoryBudget
    var metering = Metering()

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
        listening = try Listening(directory)
        self.loop = loop
        self.options = options
        let store = options.state.map {
            trouble == nil
                ? DurableStore($0, loop, auditKeepMS: Int64(options.auditKeep / .milliseconds(1)))
                : DurableStore(withoutFilesIn: $0, loop)
        }
        let now = HubClock.monotonicMS
        storage = Storage(store: store, trouble: trouble, at: now)
        alerting = Alerting(options.alerts)
        timer = HubTimer(at: now)
        renewals = Renewals(at: now)
        memory = MemoryBudget(bytes: options.memoryBytes, at: now)
        descriptors = DescriptorBudget(
            limit: openFiles.limit, connections: memory.connectionLimit)
    }

    /// Opens the sockets and starts to accept connections.
    public func start() async throws {
        if let trouble = storage.trouble {
            tellAudit("\(trouble)")
            log(Self.unaudited("\(trouble)"))
        } else {
            recallStanding()
            recallAlerts()
        }
        await beginOrders()
        // With this mask, no other user can open a socket before its permissions are set.
        let mask = umask(0o077)
        defer { umask(mask) }
        for role in SocketRole.allCases {
            // Only the holder of the lock gets here, so a socket file that exists is stale.
            unlink(listening.directory.socket(role))
            let server = try await listen(role)
            listening.servers.append(server)
            try listening.directory.open(role, to: options.access)
        }
        timer.task = loop.scheduleRepeatedTask(
            initialDelay: .milliseconds(100), delay: .milliseconds(100)
        ) {
            [weak self] _ in
            self?.assumeIsolated { $0.tick() }
        }
    }

    /// Closes every connection and removes the sockets.
    public func stop() async {
        timer.task?.cancel()
        for role in SocketRole.allCases { unlink(listening.directory.socket(role)) }
        for server in listening.servers { try? await server.close() }
        for channel in agents.sessions.values.map(\.channel) + viewers.values.map(\.channel) {
            channel.close(promise: nil)
        }
        // Does not wait for alert commands that still run. Each has its own session and continues.
        alerting.threads.shutdownGracefully { _ in }
        await storage.store?.close()
        listening.unlock()
    }

    func log(_ words: String) { options.log(words) }

    /// The number of current connections.
    public var peers: Peers { Peers(agents: agents.sessions.count, watchers: viewers.count) }
}

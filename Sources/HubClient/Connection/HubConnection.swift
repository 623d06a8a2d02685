public import Fleet
import Glibc
import NIOCore
import NIOPosix
public import ResilienceWire
public import Sockets

/// A connection to a hub's view or operator socket, whose lines arrive in batches.
///
/// If the consumer does not take the batches, the connection stops reading, and the hub sends a new
/// keyframe later.
public final class HubConnection: Sendable {
    /// The lines, in batches as they arrive. Ends when the connection ends.
    public let batches: AsyncThrowingStream<LineBatch, any Error>

    /// A change between a silent hub and one that is heard.
    public enum Pulse: Equatable, Sendable {
        /// No byte came for this many milliseconds although one was due. The hub is stopped, or the
        /// way to it stalls. The connection is still open.
        case silent(forMS: Int64)
        /// The hub is heard again.
        case heard
    }

    /// One thread serves the few connections of a client. The shared group of SwiftNIO would start one
    /// for each core.
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let deliver: @Sendable (OperatorMessage) -> Void
    private let give: @Sendable (OperatorCommand, _ patienceMS: Int64) -> Void
    private let setPace: @Sendable (ReadThrottle) -> Void
    private let end: @Sendable () -> Void
    private let listen: @Sendable () -> String
    private let remark: @Sendable () -> String
    private let findOutages: @Sendable () -> [HubOutage]
    private let silence: SilenceWatch?

    /// Creates a connection from functions, for example one to several hubs.
    ///
    /// - Parameters:
    ///   - batches: the lines.
    ///   - deliver: sends a message.
    ///   - give: sends a command that expires after this many milliseconds.
    ///   - setPace: changes how often the stream is read.
    ///   - end: closes the connection.
    ///   - outages: returns the hubs that do not answer.
    ///   - notes: returns other notes on the hubs; empty if there are none.
    public init(
        _ batches: AsyncThrowingStream<LineBatch, any Error>,
        deliver: @escaping @Sendable (OperatorMessage) -> Void,
        give: @escaping @Sendable (OperatorCommand, _ patienceMS: Int64) -> Void,
        setPace: @escaping @Sendable (ReadThrottle) -> Void,
        end: @escaping @Sendable () -> Void,
        outages: @escaping @Sendable () -> [HubOutage],
        notes: @escaping @Sendable () -> String = { "" }
    ) {
        self.batches = batches
        self.deliver = deliver
        self.give = give
        self.setPace = setPace
        self.end = end
        findOutages = outages
        listen = { outages().map(\.words).joined(separator: "; ") }
        remark = notes
        silence = nil
    }

    private init(
        _ batches: AsyncThrowingStream<LineBatch, any Error>, _ time: HubTime,
        _ pace: PaceSetting, _ channel: any Channel, _ silence: SilenceWatch,
        _ via: ViaProcess? = nil
    ) {
        self.batches = batches
        deliver = { channel.send($0) }
        give = { command, patienceMS in
            var command = command
            command.expiresAt = time.now.map { $0 + patienceMS }
            channel.send(OperatorMessage.command(command))
        }
        setPace = { pace.set($0) }
        end = { channel.close(promise: nil) }
        listen = { via?.words ?? "" }
        remark = { "" }
        findOutages = { [] }
        self.silence = silence
    }

    /// Connects to a hub in a role.
    ///
    /// - Throws: ``SocketError`` if no hub answers or the socket's owner or permissions are not
    ///   safe. For a `via` command, an error of the command shows only in what it sends.
    public static func open(
        _ place: HubEndpoint, as role: SocketRole
    ) async throws(SocketError) -> HubConnection {
        switch place {
        case .directory(let directory): try await open(directory, as: role)
        case .via(let command): try await open(via: command, as: role)
        }
    }

    private static func open(
        via command: String, as role: SocketRole
    ) async throws(SocketError) -> HubConnection {
        let (batches, continuation) = AsyncThrowingStream<LineBatch, any Error>.makeStream(
            bufferingPolicy: .bufferingOldest(BatchCollector.limit))
        do {
            let process = try ViaProcess(command, role.rawValue)
            let (time, pace) = (HubTime(), PaceSetting())
            let loop = loops.next()
            let silence = SilenceWatch(loop)
            let channel = try await NIOPipeBootstrap(group: loop)
                .channelInitializer {
                    Self.collect(from: $0, into: continuation, time, pace, silence)
                }
                .takingOwnershipOfDescriptors(input: process.output, output: process.input)
                .get()
            silence.abandon { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in
                NIOThreadPool.singleton.submit { _ in process.end() }
            }
            return HubConnection(batches, time, pace, channel, silence, process)
        } catch {
            throw .failed("cannot run '\(command)': \(error)")
        }
    }

    /// The standard error of the command that reaches the hub, or the hubs that do not answer.
    /// Empty for a socket.
    public var words: String { listen() }

    /// The hubs that do not answer, of several. Always empty for a single hub.
    public var outages: [HubOutage] { findOutages() }

    /// Other notes on several hubs, such as a wrong clock. Empty for a single hub.
    public var notes: String { remark() }

    /// Connects to a role's socket of a directory, after checking its owner and permissions.
    ///
    /// - Throws: ``SocketError`` if no hub answers or the owner or permissions are not safe.
    public static func open(
        _ directory: SocketDirectory, as role: SocketRole
    ) async throws(SocketError) -> HubConnection {
        try directory.check(role)
        let path = directory.socket(role)
        let (batches, continuation) = AsyncThrowingStream<LineBatch, any Error>.makeStream(
            bufferingPolicy: .bufferingOldest(BatchCollector.limit))
        let (time, pace) = (HubTime(), PaceSetting())
        do {
            let loop = loops.next()
            let silence = SilenceWatch(loop)
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(.seconds(2))
                .channelInitializer {
                    Self.collect(from: $0, into: continuation, time, pace, silence)
                }
                .connect(unixDomainSocketPath: path)
                .get()
            return HubConnection(batches, time, pace, channel, silence)
        } catch let error as IOError where error.errnoCode == ECONNREFUSED {
            throw .refused(path: path)
        } catch {
            throw .failed("cannot connect to \(path): \(error)")
        }
    }

    /// Adds the handler that passes a channel's lines on.
    private static func collect(
        from channel: any Channel,
        into continuation: AsyncThrowingStream<LineBatch, any Error>.Continuation, _ time: HubTime,
        _ pace: PaceSetting, _ silence: SilenceWatch
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
                BatchCollector(channel, into: continuation, time, pace, silence))
        }
    }

    /// Asks for the stream: a keyframe and its history, then each line as it happens.
    ///
    /// - Parameters:
    ///   - detail: the detail of deltas and calls. If a later call asks for more detail, a new
    ///     keyframe brings what was left out.
    ///   - historyMS: the length of history in the keyframe, in milliseconds; `nil` means five
    ///     minutes.
    public func watch(_ detail: MetricsDetail = .full, historyMS: Int64? = nil) {
        silence?.expectFirst()
        send(.watch(version: 1, detail: detail, historyMS: historyMS, hasHistory: true))
    }

    /// Asks for the stream and returns whether anything arrives within a time.
    public func isHeard(within limit: Duration) async -> Bool {
        watch(.off, historyMS: 0)
        let ending = Task {
            if (try? await Task.sleep(for: limit)) != nil { close() }
        }
        defer { ending.cancel() }
        do {
            for try await _ in batches { return true }
        } catch {}
        return false
    }

    /// Calls `tell` when the hub is silent for more than 3 s, and when it is heard again.
    ///
    /// The call is on the connection's event loop. Has no effect for several hubs; see ``outages``.
    public func onPulse(_ tell: @escaping @Sendable (Pulse) -> Void) {
        silence?.onChange(tell)
    }

    /// How long the hub has been silent, in milliseconds. `nil` if it is not silent for too long.
    public var silentMS: Int64? { silence?.silentMS }

    /// Changes how often the stream is read.
    public func read(at pace: ReadThrottle) {
        setPace(pace)
    }

    /// Sends a message.
    public func send(_ message: OperatorMessage) {
        deliver(message)
    }

    /// Sends a command that expires after `patienceMS` milliseconds by the hub's clock. After a
    /// stall of the hub or the connection, the hub does not carry out an expired command.
    public func send(_ command: OperatorCommand, within patienceMS: Int64) {
        give(command, patienceMS)
    }

    /// Ends the connection.
    public func close() {
        end()
    }
}

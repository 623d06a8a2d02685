public import Fleet
import Glibc
import NIOCore
import NIOPosix
public import ResilienceWire
public import Sockets

/// A connection to a hub's view or operator socket: its lines in batches, as they come.
///
/// Where nobody takes them, no more are read, and the hub gives a new keyframe later.
public final class HubConnection: Sendable {
    /// The lines, in batches as they arrived; ends when the connection does.
    public let batches: AsyncThrowingStream<LineBatch, any Error>

    /// Whether the other side is heard from.
    public enum Pulse: Equatable, Sendable {
        /// No byte came for this many milliseconds, though one was due: the hub is stopped, or
        /// the way to it stalls. The connection stands.
        case silent(forMS: Int64)
        /// It is heard again.
        case heard
    }

    private let deliver: @Sendable (Line) -> Void
    private let give: @Sendable (Command, _ patienceMS: Int64) -> Void
    private let setPace: @Sendable (ReadThrottle) -> Void
    private let end: @Sendable () -> Void
    private let listen: @Sendable () -> String
    private let remark: @Sendable () -> String
    private let findOutages: @Sendable () -> [HubOutage]
    private let silence: SilenceWatch?

    /// A connection made of parts, such as one to several hubs.
    ///
    /// - Parameters:
    ///   - batches: the lines.
    ///   - deliver: sends a line.
    ///   - give: sends a command that is not to be carried out after so many milliseconds.
    ///   - setPace: reads at another pace.
    ///   - end: ends it.
    ///   - outages: which of several hubs do not answer.
    ///   - notes: what is to be known of it besides; empty where nothing is.
    public init(
        _ batches: AsyncThrowingStream<LineBatch, any Error>,
        deliver: @escaping @Sendable (Line) -> Void,
        give: @escaping @Sendable (Command, _ patienceMS: Int64) -> Void,
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
            channel.send(Line(.command(command)))
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
    /// - Throws: ``SocketError`` where nobody answers or the place is not to be trusted. What a
    ///   command reaches shows only by what it sends.
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
            let loop = MultiThreadedEventLoopGroup.singleton.next()
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

    /// What the command that reaches the hub said on standard error, or which of several hubs do not
    /// answer; empty for a socket.
    public var words: String { listen() }

    /// Which of several hubs do not answer; none of one.
    public var outages: [HubOutage] { findOutages() }

    /// What is to be known of several hubs besides: whose clock is not right; empty for a socket.
    public var notes: String { remark() }

    /// Connects to a role's socket of a directory, after a check of who owns it.
    ///
    /// - Throws: ``SocketError`` where nobody answers or the place is not to be trusted.
    public static func open(
        _ directory: SocketDirectory, as role: SocketRole
    ) async throws(SocketError) -> HubConnection {
        try directory.check(role)
        let path = directory.socket(role)
        let (batches, continuation) = AsyncThrowingStream<LineBatch, any Error>.makeStream(
            bufferingPolicy: .bufferingOldest(BatchCollector.limit))
        let (time, pace) = (HubTime(), PaceSetting())
        do {
            let loop = MultiThreadedEventLoopGroup.singleton.next()
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

    /// Passes a channel's lines on, in batches as they come.
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

    /// Asks for the stream: a keyframe, then every line as it happens.
    ///
    /// - Parameters:
    ///   - figures: how closely deltas and calls are followed. Asked for again later, what was passed
    ///     over comes as a keyframe.
    ///   - historyMS: how far back the keyframe's figures go, in milliseconds; `nil`: five minutes.
    public func watch(figures: MetricsDetail = .full, historyMS: Int64? = nil) {
        silence?.expectFirst()
        send(Line(.watch(version: 1, figures: figures, historyMS: historyMS)))
    }

    /// Asks for the stream, and returns whether anything came within a time.
    public func isHeard(within limit: Duration) async -> Bool {
        watch(figures: .off, historyMS: 0)
        let ending = Task {
            if (try? await Task.sleep(for: limit)) != nil { close() }
        }
        defer { ending.cancel() }
        do {
            for try await _ in batches { return true }
        } catch {}
        return false
    }

    /// Tells when the hub falls silent for more than 3 s, and when it is heard again; on a thread of its
    /// own. Not of several hubs, of which ``words`` tells.
    public func onPulse(_ tell: @escaping @Sendable (Pulse) -> Void) {
        silence?.onChange(tell)
    }

    /// How long the hub has been silent, in milliseconds; `nil` while that is not too long.
    public var silentMS: Int64? { silence?.silentMS }

    /// Reads the stream more or less closely from now on.
    public func read(at pace: ReadThrottle) {
        setPace(pace)
    }

    /// Sends a line.
    public func send(_ line: Line) {
        deliver(line)
    }

    /// Gives a command that is not to be carried out after so many milliseconds, when nobody waits
    /// for it any more: a hub that was stopped, or a way to it that was, must not make it come late.
    public func send(_ command: Command, within patienceMS: Int64) {
        give(command, patienceMS)
    }

    /// Ends the connection.
    public func close() {
        end()
    }
}

public import NIOCore
public import ResilienceWire

/// Splits the bytes of a channel into lines, decodes them as messages of one direction, and passes
/// them to its owner. Runs on the channel's event loop.
public final class LineHandler<Message: WireMessage>: ChannelInboundHandler {
    /// The raw bytes.
    public typealias InboundIn = ByteBuffer

    /// An event for the owner.
    public enum Event: Sendable {
        /// The connection is open.
        case opened(any Channel)
        /// A line, or why it could not be decoded.
        case line(Result<Message, WireError>)
        /// The end of the lines from one read: their number, the bytes read, and the bytes kept of a
        /// line that has not ended.
        case batchEnd(lines: Int, bytes: Int, unfinished: Int)
        /// The channel became writable or stopped being so.
        case writable(Bool)
        /// The connection is closed.
        case closed
    }

    /// Reads the lines of a chunk, and returns their number.
    package typealias Reading = (inout LineCutter, ByteBuffer) -> Int

    private var cutter: LineCutter
    private let read: Reading
    private let tell: (Event) -> Void
    private var isReading = false
    /// Chunks that arrived while the owner handled a line.
    private var waiting: [ByteBuffer] = []

    /// Creates a handler that passes the events of one connection to `owner`.
    ///
    /// - Parameter texts: whether texts stay as sent or are made safe to show.
    public convenience init(texts: LineTexts = .asSent, _ owner: @escaping (Event) -> Void) {
        self.init(texts: texts, owner) { cutter, buffer in
            var lines = 0
            buffer.withUnsafeReadableBytes { bytes in
                cutter.append(bytes) {
                    lines += 1
                    owner(.line($0))
                }
            }
            return lines
        }
    }

    /// Creates a handler for an owner that reads the lines itself, and gets no ``Event/line(_:)``.
    package init(
        texts: LineTexts = .asSent, _ owner: @escaping (Event) -> Void, reading: @escaping Reading
    ) {
        cutter = LineCutter(texts: texts)
        tell = owner
        read = reading
    }

    /// Reports ``Event/opened(_:)``.
    public func channelActive(context: ChannelHandlerContext) {
        tell(.opened(context.channel))
    }

    /// Reports each line in the buffer, and then ``Event/batchEnd(lines:bytes:unfinished:)``.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
        // An owner that closes the channel may cause a nested call with the bytes still in the
        // socket.
        guard !isReading else { return }
        isReading = true
        defer { isReading = false }
        while !waiting.isEmpty {
            let buffer = waiting.removeFirst()
            let lines = read(&cutter, buffer)
            tell(
                .batchEnd(
                    lines: lines, bytes: buffer.readableBytes, unfinished: cutter.pendingBytes))
        }
    }

    /// Reports ``Event/writable(_:)``.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        tell(.writable(context.channel.isWritable))
    }

    /// Reports ``Event/closed`` on the next turn of the event loop. The owner may be in the middle
    /// of a write, which closes the channel at once if the peer is gone.
    public func channelInactive(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().execute { self.tell(.closed) }
    }

    /// Closes the channel. The owner then gets ``Event/closed``.
    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension Channel {
    /// Encodes messages, writes them and flushes.
    public func send<Message: WireMessage>(_ messages: Message...) {
        var bytes: [UInt8] = []
        for message in messages { message.encode(into: &bytes) }
        writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }
}

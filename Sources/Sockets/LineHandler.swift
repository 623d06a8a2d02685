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

    private var cutter: LineCutter
    private let tell: (Event) -> Void

    /// Creates a handler that passes the events of one connection to `owner`.
    ///
    /// - Parameter texts: whether texts stay as sent or are made safe to show.
    public init(texts: LineTexts = .asSent, _ owner: @escaping (Event) -> Void) {
        cutter = LineCutter(texts: texts)
        tell = owner
    }

    /// Reports ``Event/opened(_:)``.
    public func channelActive(context: ChannelHandlerContext) {
        tell(.opened(context.channel))
    }

    /// Reports each line in the buffer, and then ``Event/batchEnd(lines:bytes:unfinished:)``.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        // Reports lines only after the cutter is done: an owner that closes the channel may cause a
        // nested call with the bytes still in the socket.
        var lines: [Result<Message, WireError>] = []
        buffer.withUnsafeReadableBytes { bytes in
            cutter.append(bytes) { lines.append($0) }
        }
        for line in lines { tell(.line(line)) }
        tell(
            .batchEnd(
                lines: lines.count, bytes: buffer.readableBytes,
                unfinished: cutter.pendingBytes))
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

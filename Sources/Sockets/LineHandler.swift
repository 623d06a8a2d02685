public import NIOCore
public import ResilienceWire

/// Lines over a channel: cuts and decodes what arrives in one loop over the received buffer, and
/// tells its owner of each batch. All of it happens on the channel's event loop.
public final class LineHandler: ChannelInboundHandler {
    /// What arrives.
    public typealias InboundIn = ByteBuffer

    /// What an owner is told.
    public enum Event: Sendable {
        /// The connection stands.
        case opened(any Channel)
        /// A line, or why it is none.
        case line(Result<Line, WireError>)
        /// The lines that came together have been told; how many, how many bytes were read, and
        /// whether that was all there was.
        case batchEnd(lines: Int, bytes: Int, isDrained: Bool)
        /// The peer takes bytes again, or not any more.
        case writable(Bool)
        /// The connection is over.
        case closed
    }

    private var cutter = LineCutter()
    private let tell: (Event) -> Void

    /// Tells `owner` of everything on one connection.
    public init(_ owner: @escaping (Event) -> Void) {
        tell = owner
    }

    /// Tells that the connection stands.
    public func channelActive(context: ChannelHandlerContext) {
        tell(.opened(context.channel))
    }

    /// Tells each line in the buffer.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        // Told only after the cutter is done: an owner that closes the channel may be called again
        // with what was still in the socket.
        var lines: [Result<Line, WireError>] = []
        buffer.withUnsafeReadableBytes { bytes in
            cutter.append(bytes) { lines.append($0) }
        }
        for line in lines { tell(.line(line)) }
        // Where there was more, it would have filled the buffer.
        let isDrained = buffer.writableBytes > 0
        tell(.batchEnd(lines: lines.count, bytes: buffer.readableBytes, isDrained: isDrained))
    }

    /// Tells whether the peer takes bytes.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        tell(.writable(context.channel.isWritable))
    }

    /// Tells that the connection is over, once the owner has done what it does: a line that it sends
    /// to one who is gone closes the channel at once.
    public func channelInactive(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().execute { self.tell(.closed) }
    }

    /// Closes; the owner is told by `closed`.
    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension Channel {
    /// Writes lines, encoded, and flushes them.
    public func send(_ lines: Line...) {
        var bytes: [UInt8] = []
        for line in lines { line.encode(into: &bytes) }
        writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }
}

import NIOCore

/// Rejects a request above a size limit, because the HTTP parser behind it buffers what it reads.
final class RequestBound: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The request exceeds ``RequestBound/bytes``.
    struct Exceeded: Error {}

    /// The most bytes read on one connection.
    static let bytes = 16_384

    private var left = RequestBound.bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard left >= 0 else { return }
        left -= unwrapInboundIn(data).readableBytes
        if left >= 0 {
            context.fireChannelRead(data)
        } else {
            context.fireErrorCaught(Exceeded())
        }
    }
}

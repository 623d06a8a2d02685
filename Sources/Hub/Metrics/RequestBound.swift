import NIOCore

/// Ends the reading of a request that is longer than any that is meant: the parser behind it keeps
/// what it has read.
final class RequestBound: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The peer has sent more.
    struct Exceeded: Error {}

    /// The most bytes that are read on one connection.
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

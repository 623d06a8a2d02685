import NIOCore

/// Pauses accepting where the system has no descriptor or memory left for another connection, which
/// would otherwise be tried again and again, without end; those that wait are taken later.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let length = TimeAmount.milliseconds(200)

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in
            channel.eventLoop.scheduleTask(in: Self.length) {
                channel.setOption(.autoRead, value: true)
            }
        }
    }
}

package import NIOCore

/// Pauses accepting when the system has no descriptor or memory for another connection. Without the
/// pause, accepting would fail in a tight loop. Waiting connections are accepted after the pause.
package final class AcceptPause: ChannelInboundHandler {
    package typealias InboundIn = any Channel

    private static let length = TimeAmount.milliseconds(200)

    package init() {}

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in
            channel.eventLoop.scheduleTask(in: Self.length) {
                channel.setOption(.autoRead, value: true)
            }
        }
    }
}

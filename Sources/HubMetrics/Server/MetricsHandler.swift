import NIOCore
import NIOHTTP1

/// Handles one connection of a scraper: reads a request, writes the answer and closes.
final class MetricsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Stage {
        /// The request has not arrived.
        case waiting
        /// The handler waits for the hub's snapshot.
        case asking
        /// The text is being written.
        case writing(MetricsText)
        /// Everything is written, or the connection is closed.
        case ending
    }

    private let isOneTooMany: Bool
    private let limits: MetricsServer.Limits
    private let scrape: (String) -> EventLoopFuture<MetricsText>?
    private var stage = Stage.waiting
    private var version = HTTPVersion.http1_1
    private var client = ""
    private var deadline: Scheduled<Void>?
    private var isWriteDue = false
    /// Compresses the answer; `nil` if the client did not ask for it.
    private var gzip: Gzip?

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - isOneTooMany: whether to refuse the connection because there are too many.
    ///   - scrape: requests the text for a client; returns `nil` if too many scrapes are in
    ///     progress.
    init(
        isOneTooMany: Bool, _ limits: MetricsServer.Limits,
        _ scrape: @escaping (String) -> EventLoopFuture<MetricsText>?
    ) {
        self.isOneTooMany = isOneTooMany
        self.limits = limits
        self.scrape = scrape
    }

    func channelActive(context: ChannelHandlerContext) {
        guard !isOneTooMany else { return answer(.tooMany, context) }
        expire(in: limits.request, context) { self.answer(.tooSlow, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = unwrapInboundIn(data), case .waiting = stage else {
            return
        }
        version = request.version == .http1_0 ? .http1_0 : .http1_1
        client = String(request.headers.first(name: "user-agent")?.prefix(128) ?? "")
        answer(MetricsAnswer(request), context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeSoon(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stage = .ending
        deadline?.cancel()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .waiting = stage, !(error is IOError) {
            answer(MetricsAnswer(error), context)
        } else {
            context.close(promise: nil)
        }
    }

    private func answer(_ answer: MetricsAnswer, _ context: ChannelHandlerContext) {
        expire(in: limits.answer, context) { context.close(promise: nil) }
        switch answer {
        case .metrics(hasBody: true, let isCompressed):
            if isCompressed {
                guard let gzip = Gzip() else { return self.answer(.tooBusy, context) }
                self.gzip = gzip
            }
            guard let text = scrape(client) else { return self.answer(.tooBusy, context) }
            stage = .asking
            text.hop(to: context.eventLoop).assumeIsolated().whenComplete { result in
                guard case .asking = self.stage else { return }
                guard case .success(let text) = result else {
                    context.close(promise: nil)
                    return
                }
                self.write(.head(answer.head(self.version)), context)
                self.stage = .writing(text)
                self.writeSoon(context)
            }
        case .metrics(hasBody: false, _):
            write(.head(answer.head(version)), context)
            end(context)
        case .refusal(_, let words):
            write(.head(answer.head(version)), context)
            write(.body(.byteBuffer(ByteBuffer(string: words + "\n"))), context)
            end(context)
        }
    }

    /// Writes the next slice after the other connections on this loop had their turn.
    private func writeSoon(_ context: ChannelHandlerContext) {
        guard case .writing = stage, context.channel.isWritable, !isWriteDue else { return }
        isWriteDue = true
        context.eventLoop.assumeIsolated().execute {
            self.isWriteDue = false
            self.writeSlice(context)
        }
    }

    private func writeSlice(_ context: ChannelHandlerContext) {
        guard case .writing(var text) = stage, context.channel.isWritable else { return }
        // Gives up the other reference to the text, so that changing it makes no copy.
        stage = .ending
        guard let slice = text.next() else {
            if let gzip { write(bytes: gzip.finish(), context) }
            return end(context)
        }
        stage = .writing(text)
        write(bytes: gzip?.compress(slice) ?? slice, context)
        context.flush()
        writeSoon(context)
    }

    private func end(_ context: ChannelHandlerContext) {
        stage = .ending
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    private func write(bytes: [UInt8], _ context: ChannelHandlerContext) {
        // An empty chunk would end the answer.
        guard !bytes.isEmpty else { return }
        write(.body(.byteBuffer(ByteBuffer(bytes: bytes))), context)
    }

    private func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(part), promise: nil)
    }

    private func expire(
        in time: TimeAmount, _ context: ChannelHandlerContext, _ act: @escaping () -> Void
    ) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time, act)
    }
}

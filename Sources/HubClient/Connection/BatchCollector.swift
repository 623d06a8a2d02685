import NIOCore
import ResilienceWire

/// Passes on the lines of each read, at the rate of a ``ReadThrottle``. Stops reading while the
/// consumer does not take batches, so that the hub sends a new keyframe later instead of a queue
/// growing here. Runs on the channel's event loop.
final class BatchCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The most batches that wait for the consumer.
    static let limit = 64
    /// The free places in the buffer below which reading stops. They hold the reads in progress.
    private static let reserve = 16
    /// The time between two checks for room.
    private static let patience = TimeAmount.milliseconds(20)

    /// The start of a line whose end has not arrived.
    private var pending: [UInt8] = []
    private var tracker = KeyframeTracker()
    private var hasRoom = true
    private var rest: Scheduled<Void>?
    /// The start of the last rest, and the number of bytes read since then.
    private var restBegan = NIODeadline.now()
    private var bytes: Int64 = 0
    private let channel: any Channel
    private let continuation: AsyncThrowingStream<LineBatch, any Error>.Continuation
    private let time: HubTime
    private let pace: PaceSetting
    private let silence: SilenceWatch

    /// Creates a handler that passes the lines of a channel to `continuation`.
    init(
        _ channel: any Channel,
        into continuation: AsyncThrowingStream<LineBatch, any Error>.Continuation,
        _ time: HubTime, _ pace: PaceSetting, _ silence: SilenceWatch
    ) {
        self.channel = channel
        self.continuation = continuation
        self.time = time
        self.pace = pace
        self.silence = silence
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        silence.hear()
        buffer.withUnsafeReadableBytes { take($0) }
        bytes += Int64(buffer.readableBytes)
        // A buffer that is not full means that nothing more was available.
        let isDrained = buffer.writableBytes > 0
        if !hasRoom {
            rest(Self.patience)
        } else if isDrained, !tracker.isInKeyframe {
            let now = NIODeadline.now()
            let time = (now - restBegan).nanoseconds / 1_000_000
            let restMS = pace.current.restMS(after: bytes, in: time)
            guard restMS > 0 else { return }
            (restBegan, bytes) = (now, 0)
            rest(.milliseconds(restMS))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        silence.expectNothing()
        continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Passes on the complete lines and keeps the rest.
    private func take(_ bytes: UnsafeRawBufferPointer) {
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let rest = bytes[end...]
        if end > 0 {
            var whole: [UInt8] = []
            swap(&whole, &pending)
            whole.append(contentsOf: bytes[..<end])
            tell(whole)
        }
        guard pending.count + rest.count < WireLimits.lineBytes else {
            pending = []
            continuation.finish(throwing: WireError.lineTooLong(limit: WireLimits.lineBytes))
            channel.close(promise: nil)
            return
        }
        pending.append(contentsOf: rest)
    }

    private func tell(_ bytes: [UInt8]) {
        var latest: Int64?
        let batch = LineBatch(bytes: bytes, without: .beat) { line in
            let part = tracker.take(line)
            if part == .keyframeBegins {
                // A hub that sends no beats may be silent while nothing happens.
                if line.beatMS == nil { silence.expectNothing() } else { silence.expect() }
            }
            // A clock line inside a keyframe is from the past.
            if line.kind == .clock, part == .event, let at = line.at {
                time.restart(at)
                latest = nil
            }
            if let at = line.at { latest = max(latest ?? at, at) }
        }
        if let latest { time.hear(latest) }
        if batch.count > 0 { hasRoom = pass(batch) }
    }

    /// Passes a batch on. Returns whether there is room for more.
    private func pass(_ batch: LineBatch) -> Bool {
        switch continuation.yield(batch) {
        case .enqueued(let room): room >= Self.reserve
        case .dropped, .terminated: false
        @unknown default: false
        }
    }

    private func rest(_ time: TimeAmount) {
        guard rest == nil else { return }
        channel.setOption(.autoRead, value: false).whenFailure { _ in }
        rest = channel.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in look() }
    }

    private func look() {
        rest = nil
        guard channel.isActive else { return }
        // Reading was paused on this side, so silence says nothing about the hub.
        if !hasRoom { silence.hear() }
        // A stream reports its room only when it is given a value.
        if !hasRoom { hasRoom = pass(LineBatch([])) }
        guard hasRoom else { return rest(Self.patience) }
        channel.setOption(.autoRead, value: true).whenFailure { _ in }
    }
}

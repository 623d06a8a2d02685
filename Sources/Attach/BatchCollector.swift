import NIOCore
import ResilienceWire
import Sockets

/// Gathers the lines of one read, at its ``ReadingPace``, and reads no more while nobody takes them:
/// the hub then gives a new keyframe instead of a queue that grows here. Lives on the channel's event
/// loop.
final class BatchCollector {
    /// The most batches that wait to be taken.
    static let limit = 64
    /// With so little room no more is read; what is being read still fits.
    private static let reserve = 16
    /// How long nothing is read before another look for room.
    private static let patience = TimeAmount.milliseconds(20)

    private var lines: [Line] = []
    /// The latest time that they tell.
    private var latest: Int64?
    private var isInKeyframe = false
    private var hasRoom = true
    private var rest: Scheduled<Void>?
    private let channel: any Channel
    private let continuation: AsyncThrowingStream<[Line], any Error>.Continuation
    private let time: HubTime
    private let pace: PaceSetting

    private init(
        _ channel: any Channel, _ continuation: AsyncThrowingStream<[Line], any Error>.Continuation,
        _ time: HubTime, _ pace: PaceSetting
    ) {
        self.channel = channel
        self.continuation = continuation
        self.time = time
        self.pace = pace
    }

    /// The handler that passes a channel's lines on.
    static func handler(
        of channel: any Channel,
        into continuation: AsyncThrowingStream<[Line], any Error>.Continuation, _ time: HubTime,
        _ pace: PaceSetting
    ) -> LineHandler {
        let collector = BatchCollector(channel, continuation, time, pace)
        return LineHandler { collector.take($0) }
    }

    private func take(_ event: LineHandler.Event) {
        switch event {
        case .line(.success(let line)):
            lines.append(line)
            tellTime(line)
        case .line(.failure(let error)):
            continuation.finish(throwing: error)
        case .batchEnd(_, _, let isDrained):
            if let latest { time.hear(latest) }
            latest = nil
            if !lines.isEmpty { hasRoom = pass(lines) }
            lines = []
            let restMS = pace.current.restMS
            if !hasRoom {
                rest(Self.patience)
            } else if isDrained, !isInKeyframe, restMS > 0 {
                rest(.milliseconds(restMS))
            }
        case .closed:
            continuation.finish()
        case .opened, .writable:
            break
        }
    }

    private func tellTime(_ line: Line) {
        if case .keyframe = line.message { isInKeyframe = true }
        if line.message == .keyframeEnd { isInKeyframe = false }
        // In a keyframe it is one of the past.
        if case .clock = line.message, !isInKeyframe, let at = line.at {
            time.restart(at)
            latest = nil
        }
        if let at = line.at { latest = max(latest ?? at, at) }
    }

    /// Whether there is room for more.
    private func pass(_ batch: [Line]) -> Bool {
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
        // The only way to ask a stream for its room is to give it something.
        if !hasRoom { hasRoom = pass([]) }
        guard hasRoom else { return rest(Self.patience) }
        channel.setOption(.autoRead, value: true).whenFailure { _ in }
    }
}

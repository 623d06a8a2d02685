import Fleet
import NIOCore
import ResilienceWire

/// A connected viewer or operator, and its position in the stream.
struct ViewerSession {
    /// The position of a viewer in the stream.
    enum Progress {
        /// It has not asked for the stream.
        case silent
        /// It needs a keyframe: it has just asked for the stream, or the backlog no longer has its
        /// next piece.
        case behind
        /// It takes a keyframe. The stream then continues with this piece of the backlog.
        case keyframe(Keyframe, then: Int)
        /// It takes the stream. This is the number of the next piece in the backlog.
        case following(Int)
    }

    let channel: any Channel
    let mayCommand: Bool
    /// The peer's user, as the kernel reports it.
    var user = AuditEntry.User(name: "unknown", uid: .max, pid: 0)
    var progress = Progress.silent
    /// When it last asked for the stream, in CLOCK_MONOTONIC milliseconds.
    var askedAt = 0.0
    /// Whether it has asked for other figures during its keyframe. The pieces that follow may lack
    /// them, so it then gets another keyframe.
    var needsAnother = false
    /// The number of its keyframe, until it has the first part.
    var keyframe: Int?
    /// The number of the first batch of sums that its keyframe does not contain.
    var batch = 0
    /// The detail of `delta` and `call` lines that it asked for; `nil` until it asks for the stream.
    var detail: MetricsDetail?
    /// The length of history in its keyframes, in milliseconds. `nil` means all history.
    var historyMS: Int64?
    /// Whether its history comes after its keyframes, in `history` lines.
    var hasHistory = false
    var allowance = ReadAllowance(now: HubClock.monotonicMS)
    /// Whether it waits for its turn to continue its keyframe.
    var isWaiting = false
    /// When it last accepted data, in CLOCK_MONOTONIC milliseconds.
    var tookAt = HubClock.monotonicMS

    /// The size of a keyframe part, in bytes. The hub reads agents between two parts.
    static let keyframeBytes = 128 * 1_024
    /// The number of strategies whose keyframe lines are counted at once.
    private static let countedStrategies = 10_000
    /// The most bytes buffered for a viewer that does not read: one keyframe part and the data
    /// before it.
    static let unreadBytes = 2 * keyframeBytes
    /// The most bytes of outcomes that wait for an operator to read. Thousands of agents may answer a
    /// command at once.
    static let answerBytes = 4 << 20
    /// The time without progress after which a keyframe is dropped, in milliseconds. Each keyframe
    /// keeps a snapshot of the fleet.
    static let keyframePatienceMS = 5_000.0

    init(channel: any Channel, mayCommand: Bool) {
        self.channel = channel
        self.mayCommand = mayCommand
    }

    /// What it needs of its next keyframe.
    var request: KeyframeRequest {
        KeyframeRequest(
            askedAt: askedAt, historyMS: historyMS, hasHistory: hasHistory,
            hasFigures: detail != .off)
    }

    var isWatching: Bool {
        if case .silent = progress { false } else { true }
    }

    /// Whether it needs a keyframe and has none.
    var isBehind: Bool {
        if case .behind = progress { true } else { false }
    }

    /// Whether it neither needs nor takes a keyframe.
    var isOwedNothing: Bool {
        switch progress {
        case .silent, .following: true
        case .behind, .keyframe: false
        }
    }

    /// Whether it has a keyframe but has not read for ``keyframePatienceMS``.
    func isStuck(at now: Double) -> Bool {
        guard case .keyframe = progress else { return false }
        return now - tookAt >= Self.keyframePatienceMS && !channel.isWritable
    }

    /// The number of the first piece of the backlog that it still needs.
    var needs: Int? {
        switch progress {
        case .silent, .behind: nil
        case .keyframe(_, let next), .following(let next): next
        }
    }

    /// Encodes the next part of its keyframe. After the last part, the viewer follows the stream.
    mutating func keyframePart() -> ByteBuffer? {
        guard case .keyframe(var keyframe, let next) = progress else { return nil }
        // Only one variable may own the keyframe, or each line would copy its buffers.
        progress = .behind
        guard keyframe.count(strategies: Self.countedStrategies) else {
            progress = .keyframe(keyframe, then: next)
            return ByteBuffer()
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.keyframeBytes + WireLimits.lineBytes)
        while bytes.count < Self.keyframeBytes {
            guard let line = keyframe.next() else {
                // Without another keyframe; with one, `behind`.
                if !needsAnother { progress = .following(next) }
                needsAnother = false
                return ByteBuffer(bytes: bytes)
            }
            line.encodeWhole(into: &bytes)
        }
        progress = .keyframe(keyframe, then: next)
        return ByteBuffer(bytes: bytes)
    }
}

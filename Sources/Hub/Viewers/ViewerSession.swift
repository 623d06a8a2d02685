import Fleet
import NIOCore
import ResilienceWire

/// A connected viewer or operator, and how far it has come in the stream.
struct ViewerSession {
    /// How far a watcher has come.
    enum Progress {
        /// It has not asked for the stream.
        case silent
        /// It is owed a keyframe: it has just asked, or did not take what was published for so long
        /// that it is not kept any more.
        case behind
        /// It takes a keyframe, and then the stream from a piece of the backlog on.
        case keyframe(Keyframe, then: Int)
        /// It takes the stream; the next piece of the backlog is this one.
        case following(Int)
    }

    let channel: any Channel
    let mayCommand: Bool
    /// Who it is, by the kernel's word.
    var user = AuditEntry.User(name: "unknown", uid: .max, pid: 0)
    var progress = Progress.silent
    /// How closely it follows deltas and calls.
    var figures = MetricsDetail.full
    /// How far back its keyframes go, in milliseconds; `nil`: as far as there is something.
    var historyMS: Int64?
    var allowance = ReadAllowance(now: HubClock.monotonicMS)
    /// Whether it waits for its turn to go on with its keyframe.
    var isWaiting = false
    /// When it took something last, in milliseconds of CLOCK_MONOTONIC.
    var tookAt = HubClock.monotonicMS

    /// The most bytes of a keyframe that are made in one go, so that agents are heard in between.
    static let keyframeBytes = 128 * 1_024
    /// The most that waits for one that does not read: a part of a keyframe, and what was written before it.
    static let unreadBytes = 2 * keyframeBytes
    /// A keyframe of which nothing was taken for so many milliseconds is forgotten: each holds the fleet as
    /// it was.
    static let keyframePatienceMS = 5_000.0

    init(channel: any Channel, mayCommand: Bool) {
        self.channel = channel
        self.mayCommand = mayCommand
    }

    var isWatching: Bool {
        if case .silent = progress { false } else { true }
    }

    /// Whether no keyframe is on its way to it.
    var isOwedNothing: Bool {
        switch progress {
        case .silent, .following: true
        case .behind, .keyframe: false
        }
    }

    /// Whether it has a keyframe of which it takes nothing.
    func isStuck(at now: Double) -> Bool {
        guard case .keyframe = progress else { return false }
        return now - tookAt >= Self.keyframePatienceMS && !channel.isWritable
    }

    /// The first piece of the backlog that it still needs.
    var needs: Int? {
        switch progress {
        case .silent, .behind: nil
        case .keyframe(_, let next), .following(let next): next
        }
    }

    /// The next part of its keyframe.
    mutating func keyframePart() -> ByteBuffer? {
        guard case .keyframe(var keyframe, let next) = progress else { return nil }
        // One owner at a time, or each line would copy what is ready.
        progress = .behind
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.keyframeBytes + WireLimits.lineBytes)
        while bytes.count < Self.keyframeBytes {
            guard let line = keyframe.next() else {
                progress = .following(next)
                return ByteBuffer(bytes: bytes)
            }
            line.encodeWhole(into: &bytes)
        }
        progress = .keyframe(keyframe, then: next)
        return ByteBuffer(bytes: bytes)
    }
}

/// A keyframe that several watchers may take, each at its own pace.
struct SharedKeyframe {
    /// One that is older is made anew, in milliseconds.
    static let ageMS = 1_000.0
    /// While as many of different moments are being taken, another watcher is given the last of them: each
    /// keeps what has changed since as it was.
    static let heldLimit = 4

    let keyframe: Keyframe
    /// The first piece of the backlog that is not in it.
    let then: Int
    /// CLOCK_MONOTONIC milliseconds.
    let madeAt: Double
}

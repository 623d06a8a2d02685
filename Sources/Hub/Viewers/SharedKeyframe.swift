import Fleet
import NIOCore

/// What a viewer needs of a keyframe.
struct KeyframeRequest {
    /// The history for a viewer that asks for `wanted` milliseconds: whole minutes, so that few
    /// different keyframes are made however many viewers ask.
    static func historyMS(_ wanted: Int64?) -> Int64? {
        guard let wanted, wanted < Window.slotMS * Int64(Window.slotCount) else { return nil }
        return (max(0, wanted) + 59_999) / 60_000 * 60_000
    }

    /// When it asked for the stream, in CLOCK_MONOTONIC milliseconds.
    var askedAt: Double
    /// The length of history, in milliseconds. `nil` means all history.
    var historyMS: Int64?
    /// Whether the history comes after the keyframe, in `history` lines.
    var hasHistory = false
    /// Whether it also reads the figures that follow the keyframe.
    var hasFigures = true
}

/// A keyframe that several viewers share, each at its own position.
struct SharedKeyframe {
    /// The age after which a shared keyframe is replaced, in milliseconds.
    static let ageMS = 1_000.0
    /// The number of snapshots in use from which a new viewer gets the last shared keyframe. Each
    /// snapshot keeps a copy of the data that has changed since.
    static let heldLimit = 4

    /// The time that a keyframe of one strategy may cost, in milliseconds. Data that changes after
    /// it is copied once, because the keyframe keeps the data before. Keyframes are made no faster
    /// than this time allows, and at least once a second.
    static let strategyMS = 0.0005

    /// The number of the keyframe, counted from 1.
    let number: Int
    /// The keyframe; after ``first``, if that was made.
    var keyframe: Keyframe
    /// Its first part. Viewers that connect and leave at once take no more than this.
    var first: ByteBuffer?
    /// The length of history in it, in milliseconds. `nil` means all history.
    let historyMS: Int64?
    /// Whether the history comes after it, in `history` lines.
    let hasHistory: Bool
    /// The number of the first piece of the backlog that the keyframe does not contain.
    let then: Int
    /// The number of the first batch of sums that the keyframe does not contain.
    let batch: Int
    /// When the keyframe was made, in CLOCK_MONOTONIC milliseconds.
    let madeAt: Double
}

import Fleet

/// A keyframe that several viewers share, each at its own position.
struct SharedKeyframe {
    /// The age after which a shared keyframe is replaced, in milliseconds.
    static let ageMS = 1_000.0
    /// The number of snapshots in use from which a new viewer gets the last shared keyframe. Each
    /// snapshot keeps a copy of the data that has changed since.
    static let heldLimit = 4

    let keyframe: Keyframe
    /// The number of the first piece of the backlog that the keyframe does not contain.
    let then: Int
    /// The number of the first batch of sums that the keyframe does not contain.
    let batch: Int
    /// When the keyframe was made, in CLOCK_MONOTONIC milliseconds.
    let madeAt: Double
}

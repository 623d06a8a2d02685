import NIOCore

/// A connected viewer or operator: whether it watches the stream, and whether it keeps up.
struct WatcherPeer {
    let channel: any Channel
    let mayCommand: Bool
    /// Who it is, by the kernel's word.
    var user = AuditEntry.User(name: "unknown", uid: .max, pid: 0)
    var isWatching = false
    /// It did not take what was sent: it gets a new keyframe instead of a growing queue.
    var isBehind = false
}

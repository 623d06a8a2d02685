/// Peers that the hub has disconnected for using too much memory in one way, since the last report
/// of them.
struct DisconnectedPeers {
    /// The number of disconnected peers, and who the last one was.
    struct Report {
        var count = 0
        var last: String
    }

    private var report: Report?

    /// Records a disconnected peer.
    mutating func add(_ peer: String) {
        report = Report(count: (report?.count ?? 0) + 1, last: peer)
    }

    /// Returns and removes what was recorded; `nil` if nothing was.
    mutating func take() -> Report? {
        defer { report = nil }
        return report
    }
}

/// Viewers and operators that the hub has disconnected for not reading, since the last report of
/// them.
struct SlowViewers {
    /// The number of disconnected peers, and the user of the last one.
    struct Report {
        var count = 0
        var last: AuditEntry.User
    }

    private var report: Report?

    /// Records a disconnected peer.
    mutating func add(_ user: AuditEntry.User) {
        report = Report(count: (report?.count ?? 0) + 1, last: user)
    }

    /// Returns and removes what was recorded; `nil` if nothing was.
    mutating func take() -> Report? {
        defer { report = nil }
        return report
    }
}

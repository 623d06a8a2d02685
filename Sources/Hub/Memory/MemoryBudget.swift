import ResilienceWire

/// The limit on data that connected peers cause, and what is used of it. Sizes are bytes.
struct MemoryBudget {
    /// A peer that an alert is about, because memory of it was freed.
    enum Subject: Hashable {
        case instance(InstanceID)
        /// Disconnected viewers and operators that did not read.
        case viewers
    }

    /// The share of the budget for counted data: agents' records and unread data. The rest is for
    /// data that cannot be counted, such as gaps in the allocator.
    private static let countedShare = 0.75
    /// The share of the counted data that remains in use after data was freed.
    private static let calmShare = 0.5
    /// The share of the counted data that viewers and operators may leave unread.
    private static let unreadShare = 0.25
    /// The share of the counted data for records of gone instances, in total.
    private static let goneShare = 1.0 / 32
    /// The time between two checks, in milliseconds.
    private static let checkMS = 1_000.0

    /// The whole budget.
    let bytes: Int
    /// The most counted data.
    let counted: Int

    /// The data of agents.
    var book = MemoryBook()
    /// Approximate bytes that wait in the buffers of viewers that do not read.
    var unreadBytes = 0
    var freed = FreedMemory()
    var alerts = EventAlerts<Subject>()
    var slow = SlowViewers()
    /// When the budget was last checked, in CLOCK_MONOTONIC milliseconds.
    private var checkedAt: Double

    /// - Parameter now: the time in CLOCK_MONOTONIC milliseconds.
    init(bytes: Int, at now: Double) {
        self.bytes = bytes
        counted = Int(Double(bytes) * Self.countedShare)
        checkedAt = now
    }

    /// The counted data from which no more is freed.
    private var calm: Int { Int(Double(counted) * Self.calmShare) }
    /// The most unread data.
    var unreadLimit: Int { Int(Double(counted) * Self.unreadShare) }
    /// The most data of gone instances.
    var goneLimit: Int { Int(Double(counted) * Self.goneShare) }

    /// The data in use.
    ///
    /// - Parameter backlog: the size of the stream's backlog.
    private func used(_ backlog: Int) -> Int { book.total + backlog + unreadBytes }

    /// Whether more than the budget is used.
    func isExceeded(backlog: Int) -> Bool { used(backlog) > counted }

    /// Whether data must still be freed, once the budget was exceeded.
    func isAboveCalm(backlog: Int) -> Bool { used(backlog) > calm }

    /// Whether the check that happens once a second is due. Records it if it is.
    mutating func isCheckDue(at now: Double) -> Bool {
        guard now - checkedAt >= Self.checkMS else { return false }
        checkedAt = now
        return true
    }
}

import ResilienceWire

/// The limit on data that connected peers cause, and what is used of it. Sizes are bytes.
struct MemoryBudget {
    /// A peer that an alert is about, because memory of it was freed.
    enum Subject: Hashable {
        case instance(InstanceID)
        /// Disconnected viewers and operators that did not read.
        case viewers
        /// Disconnected peers whose lines did not end.
        case unfinished
    }

    /// The share of the budget for counted data: agents' records and unread data. The rest is for
    /// data that cannot be counted, such as gaps in the allocator.
    private static let countedShare = 0.75
    /// The share of the counted data that remains in use after data was freed.
    private static let calmShare = 0.5
    /// The share of the counted data that viewers and operators may leave unread.
    private static let unreadShare = 0.25
    /// The share of the budget for the beginnings of lines, of all peers.
    private static let unfinishedShare = 1.0 / 10
    /// The share of the budget for connections, apart from their data.
    private static let connectionShare = 0.5
    /// The memory of a connection without data, in bytes: its channel and its handlers.
    static let connectionBytes = 12_000
    /// The share of the counted data for records of gone instances, in total.
    private static let goneShare = 1.0 / 32
    /// The time between two checks, in milliseconds.
    private static let checkMS = 1_000.0

    /// The whole budget.
    let bytes: Int
    /// The number of connections. Fewer connections count as freed memory.
    var connections = 0 {
        didSet { freed.add(max(0, oldValue - connections) * Self.connectionBytes) }
    }
    /// The data of agents.
    var book = MemoryBook()
    /// Approximate bytes that wait in the buffers of viewers that do not read.
    var unreadBytes = 0
    /// Whether viewers that do not read are looked for after the present turn of the event loop.
    var isReliefPlanned = false
    var freed = FreedMemory()
    var alerts = EventAlerts<Subject>()
    /// The viewers and operators that were disconnected for not reading.
    var slow = DisconnectedPeers()
    var unfinished = UnfinishedLines()
    /// The peers that were disconnected for lines that did not end.
    var endless = DisconnectedPeers()
    /// When the budget was last checked, in CLOCK_MONOTONIC milliseconds.
    private var checkedAt: Double

    /// - Parameter now: the time in CLOCK_MONOTONIC milliseconds.
    init(bytes: Int, at now: Double) {
        self.bytes = bytes
        checkedAt = now
    }

    /// The most connections.
    var connectionLimit: Int { Int(Double(bytes) * Self.connectionShare) / Self.connectionBytes }
    /// The most counted data. Connections take their part of it.
    var counted: Int {
        Int(Double(bytes) * Self.countedShare) - connections * Self.connectionBytes
    }
    /// The counted data from which no more is freed.
    private var calm: Int { Int(Double(counted) * Self.calmShare) }
    /// The most unread data.
    var unreadLimit: Int { Int(Double(counted) * Self.unreadShare) }
    /// The most bytes of lines that have not ended.
    var unfinishedLimit: Int { Int(Double(bytes) * Self.unfinishedShare) }
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

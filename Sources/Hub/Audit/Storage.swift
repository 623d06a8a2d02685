import HostSupport
import Sockets

/// Where the hub stores data, and which of its files cannot be written at present.
struct Storage {
    /// The store; `nil` if the hub stores nothing on disk.
    let store: DurableStore?
    /// Why the state directory cannot be used. `nil` if it can be, or if none is set.
    let trouble: SocketError?
    /// The files that cannot be written at present, each with its error.
    private(set) var failures = DurableStore.Failures()
    /// The revision of the orders file that agents can read; `nil` without a file.
    private(set) var ordersRevision: String?
    /// The entries about agents that start under standing orders.
    var allowance: AuditAllowance
    /// Alerts about entries that were left out.
    var omissions = EventAlerts<Hub.Omission>()
    private var revisions = 0
    /// The orders that the orders file was last given, as lines; `nil` before the first time.
    private var orders: [UInt8]?

    /// - Parameter now: the time in CLOCK_MONOTONIC milliseconds.
    init(store: DurableStore?, trouble: SocketError?, at now: Double) {
        self.store = store
        self.trouble = trouble
        allowance = AuditAllowance(at: now)
    }

    /// Records whether a file was written.
    ///
    /// - Returns: whether to report it: it differs from the last write, and the start has not
    ///   already reported a directory that cannot be used.
    mutating func record(_ failure: LineFile.Failed?, of file: DurableStore.File) -> Bool {
        guard failure != failures[file] else { return false }
        failures[file] = failure
        return trouble == nil || file == .orders
    }

    /// A revision for an orders file with these lines, of a hub that started at a time in Unix
    /// milliseconds. `nil` if the file has these lines already.
    mutating func revision(of lines: [UInt8], _ start: Int64) -> String? {
        guard lines != orders || failures[.orders] != nil else { return nil }
        orders = lines
        revisions += 1
        return "\(start)-\(revisions)"
    }

    /// Records that the orders file of a revision was written.
    ///
    /// - Returns: whether the file has changed for agents.
    mutating func wrote(_ revision: String) -> Bool {
        guard failures[.orders] == nil, revision != ordersRevision else { return false }
        ordersRevision = revision
        return true
    }
}

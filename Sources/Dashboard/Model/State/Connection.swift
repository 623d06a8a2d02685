import Fleet

/// The connection to the hub, or to several hubs. Times are Unix milliseconds.
struct Connection: Sendable {
    private(set) var link = Link.connecting
    /// With several hubs: the hubs that do not answer.
    private(set) var outages: [HubOutage] = []

    /// Records that the hub has answered.
    mutating func connect() { link = .connected }

    /// Records that the connection is lost.
    ///
    /// - Parameter now: the time since which it is lost, unless the hub was silent or lost before.
    /// - Returns: whether it was not lost before.
    mutating func lose(_ why: String, at now: Int64) -> Bool {
        switch link {
        case .lost(let since, _):
            link = .lost(since: since, why: why)
            return false
        case .silent(let since, _):
            link = .lost(since: since, why: why)
            return true
        case .connecting, .connected:
            link = .lost(since: now, why: why)
            return true
        }
    }

    /// Records that the hub has sent nothing for a time.
    ///
    /// - Returns: the seconds of silence; `nil` if the hub was silent or lost before.
    mutating func fallSilent(forMS milliseconds: Int64, at now: Int64) -> Int? {
        switch link {
        case .silent, .lost: return nil
        case .connecting, .connected: break
        }
        let seconds = Int(milliseconds / 1_000)
        link = .silent(since: max(0, now - milliseconds), seconds: seconds)
        return seconds
    }

    /// Records that the hub sends again. Returns whether it was silent.
    mutating func hear() -> Bool {
        guard case .silent = link else { return false }
        link = .connected
        return true
    }

    /// Adds a second to the silence of the hub. Returns whether the hub is silent.
    mutating func ageSilence() -> Bool {
        guard case .silent(let since, let seconds) = link else { return false }
        link = .silent(since: since, seconds: seconds + 1)
        return true
    }

    /// Replaces the hubs that do not answer, and returns those that are new among them.
    mutating func miss(_ hubs: [HubOutage]) -> [HubOutage] {
        defer { outages = hubs }
        return hubs.filter { hub in
            !outages.contains { $0.name == hub.name && $0.isSilence == hub.isSilence }
        }
    }
}

/// The state of the connection to the hub.
enum Link: Equatable, Sendable {
    case connecting
    case connected
    /// The connection is open, but the hub has sent nothing since a time in Unix milliseconds, for
    /// this many seconds. It is stopped, or the network stalls.
    case silent(since: Int64, seconds: Int)
    /// The connection is lost since a time in Unix milliseconds.
    case lost(since: Int64, why: String)

    /// Whether what is shown is confirmed by the hub.
    var isConfirmed: Bool {
        switch self {
        case .connecting, .connected: true
        case .silent, .lost: false
        }
    }
}

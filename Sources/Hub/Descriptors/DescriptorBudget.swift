import Sockets

/// Divides the file descriptors of the process among the roles of connections, scrapers and the
/// hub's own files. Each has a share of its own, so that none can use up the descriptors of another.
struct DescriptorBudget: Equatable {
    /// Descriptors for the hub itself: standard streams, event loops, listening sockets, the lock,
    /// the ledger's files, a recording, pipes of alert commands, and connections that it accepts
    /// only to refuse them.
    static let own = 32
    /// The most operators and the most viewers, however high the limit is.
    private static let watchersMost = 4_096
    /// The most scrapers, however high the limit is.
    private static let scrapersMost = 64

    /// The most descriptors that the process may have open.
    let limit: Int
    /// The most operators that may connect: an eighth of what the hub leaves.
    let operators: Int
    /// The most viewers that may connect: an eighth of what the hub leaves.
    let viewers: Int
    /// The most connections to the metrics endpoint: a sixteenth of what the hub leaves.
    let scrapers: Int
    /// The most agents that may connect: the rest.
    let agents: Int

    /// - Parameters:
    ///   - limit: the most descriptors that the process may have open. Below 36, each share is one
    ///     connection, and the hub may lack descriptors.
    ///   - connections: the most connections that the hub has memory for.
    init(limit: Int, connections: Int) {
        self.limit = limit
        let all = min(limit - Self.own, connections)
        operators = min(max(1, all / 8), Self.watchersMost)
        viewers = operators
        scrapers = min(max(1, all / 16), Self.scrapersMost)
        agents = max(1, all - operators - viewers - scrapers)
    }

    /// The most connections of a role.
    subscript(role: SocketRole) -> Int {
        switch role {
        case .agent: agents
        case .view: viewers
        case .operator: operators
        }
    }
}

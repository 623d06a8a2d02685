import Glibc
import Sockets

/// Limits the connections of each role. Some file descriptors are reserved for viewers and
/// operators, some of these for operators alone, and some for the hub's own files. Agents cannot
/// use these.
struct DescriptorBudget: Equatable {
    /// Connections by role.
    struct Peers: Equatable {
        var agents = 0
        var viewers = 0
        var operators = 0
    }

    /// Descriptors reserved for the hub: logs, the audit log, a recording, alert commands and
    /// metrics connections.
    private static let own = 24

    /// The most descriptors that the process may have open.
    let limit: Int

    /// - Parameter limit: the most descriptors that the process may have open.
    init(limit: Int) {
        self.limit = limit
    }

    /// Raises this process's limit of open files to its hard limit and uses that.
    static func ofProcess() -> DescriptorBudget {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else {
            return DescriptorBudget(limit: 1_024)
        }
        if limits.rlim_cur < limits.rlim_max {
            var raised = limits
            raised.rlim_cur = limits.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 {
                limits = raised
            }
        }
        return DescriptorBudget(limit: Int(clamping: min(limits.rlim_cur, rlim_t(Int32.max))))
    }

    /// Descriptors for connections.
    private var all: Int { max(3, limit - Self.own) }
    /// Descriptors reserved for operators.
    private var forOperators: Int { max(1, min(64, all / 8)) }
    /// Descriptors reserved for viewers and operators.
    private var forWatchers: Int { max(2, min(512, all / 4)) }

    /// The most agents that may connect.
    var agents: Int { max(1, all - forWatchers) }

    /// Whether the newest connection of a role may stay. `peers` already includes it.
    func hasRoom(for role: SocketRole, peers: Peers) -> Bool {
        let watchers = peers.viewers + peers.operators
        return switch role {
        case .agent: peers.agents <= agents && peers.agents + watchers <= all - forWatchers / 2
        case .view: peers.agents + watchers <= all - forOperators
        case .operator: peers.agents + watchers <= all
        }
    }
}

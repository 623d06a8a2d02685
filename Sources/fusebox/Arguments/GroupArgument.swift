import ArgumentParser
import HostSupport
import Sockets

/// The group of a socket role: `operator=sre`.
struct GroupArgument: ExpressibleByArgument {
    let role: SocketRole
    let group: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let role = SocketRole(rawValue: parts[0]) else { return nil }
        self.role = role
        group = parts[1]
    }

    /// The groups of all roles: the given ones, and the defaults for the rest.
    static func access(_ named: [GroupArgument]) throws(Failure) -> SocketAccess {
        var groups: [SocketRole: UInt32] = [:]
        for role in SocketRole.allCases {
            let name = named.last { $0.role == role }?.group ?? "fusebox-\(role.rawValue)"
            do throws(SocketAccess.NoGroup) {
                groups[role] = try SocketAccess.group(name)
            } catch {
                throw Failure(.refused, error.description)
            }
        }
        return .groups(groups)
    }
}

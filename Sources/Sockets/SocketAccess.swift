import Glibc

/// The users who may use a hub's sockets: the owner only, or one group per role.
public enum SocketAccess: Equatable, Sendable {
    /// The owner only: directories have mode 0700, sockets 0600.
    case owner
    /// One group per role: its directory has mode 0750, its socket 0660. The parent directory is
    /// readable by all.
    case groups([SocketRole: UInt32])

    /// The error for a group that does not exist.
    public struct NoGroup: Error, Equatable, Sendable, CustomStringConvertible {
        /// Names the group and says how to create it.
        public let description: String
    }

    /// Looks a group up by its name or number.
    public static func group(_ name: String) throws(NoGroup) -> UInt32 {
        if let entry = getgrnam(name) { return entry.pointee.gr_gid }
        if let number = UInt32(name) { return number }
        throw NoGroup(
            description: "there is no group '\(name)'; make it with 'groupadd --system \(name)'")
    }

    /// The name of a group, or its number if it has no name.
    static func name(ofGroup group: UInt32) -> String {
        getgrgid(group).map { String(cString: $0.pointee.gr_name) } ?? "\(group)"
    }

    /// The mode of the socket directory itself.
    var directoryMode: mode_t {
        switch self {
        case .owner: 0o700
        case .groups: 0o755
        }
    }

    /// Sets the group and mode of a role's directory or socket.
    func grant(_ path: String, _ role: SocketRole, isSocket: Bool) throws(SocketError) {
        switch self {
        case .owner:
            if isSocket { try Self.change(path) { chmod(path, 0o600) } }
        case .groups(let groups):
            guard let group = groups[role] else { return }
            // Sets the group first, so that the previous group never gets the new mode.
            try Self.change(path) { lchown(path, getuid(), group) }
            try Self.change(path) { chmod(path, isSocket ? 0o660 : 0o750) }
        }
    }

    private static func change(_ path: String, _ call: () -> Int32) throws(SocketError) {
        guard call() == 0 else {
            throw .system("cannot set the group or mode of", path: path, errno: errno)
        }
    }
}

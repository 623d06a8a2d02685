import Glibc

/// Who may use a hub's sockets: its owner alone, or a group for each role.
public enum SocketAccess: Equatable, Sendable {
    /// Mode 0700 and 0600.
    case owner
    /// Mode 0750 and 0660, with these groups; the directory above is open to be looked at.
    case groups([SocketRole: UInt32])

    /// A group that does not exist.
    public struct NoGroup: Error, Equatable, Sendable, CustomStringConvertible {
        /// Its name, and how it is made.
        public let description: String
    }

    /// A group by its name or its number.
    public static func group(_ name: String) throws(NoGroup) -> UInt32 {
        if let entry = getgrnam(name) { return entry.pointee.gr_gid }
        if let number = UInt32(name) { return number }
        throw NoGroup(
            description: "there is no group '\(name)'; make it with 'groupadd --system \(name)'")
    }

    /// A group's name; its number where it has none.
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

    /// Gives a role's directory, or its socket, to those who may use it.
    func grant(_ path: String, _ role: SocketRole, isSocket: Bool) throws(SocketError) {
        switch self {
        case .owner:
            if isSocket { try Self.change(path) { chmod(path, 0o600) } }
        case .groups(let groups):
            guard let group = groups[role] else { return }
            // The group first: it must not get what the group before it had.
            try Self.change(path) { lchown(path, getuid(), group) }
            try Self.change(path) { chmod(path, isSocket ? 0o660 : 0o750) }
        }
    }

    private static func change(_ path: String, _ call: () -> Int32) throws(SocketError) {
        guard call() == 0 else {
            throw .system("cannot set who may use", path: path, errno: errno)
        }
    }
}

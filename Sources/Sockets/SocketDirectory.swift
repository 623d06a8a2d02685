public import Glibc

/// A directory with a hub's three sockets. Each socket has its own subdirectory, which can have its
/// own group and can be mounted into a container.
public struct SocketDirectory: Hashable, Sendable, CustomStringConvertible {
    /// The directory's path.
    public let path: String

    /// Creates the value for a path. Does not touch the file system.
    public init(_ path: String) {
        self.path = path
    }

    /// The socket directory of the system hub.
    public static let system = SocketDirectory("/run/fusebox")

    /// The user's possible socket directories, in the order of trying.
    ///
    /// - Parameters:
    ///   - environment: `FUSEBOX_SOCKET_DIR` comes first, then `XDG_RUNTIME_DIR`.
    ///   - uid: the user's id.
    public static func candidates(environment: [String: String], uid: UInt32) -> [SocketDirectory] {
        var paths: [String] = []
        if let path = environment["FUSEBOX_SOCKET_DIR"], !path.isEmpty { paths.append(path) }
        if let path = environment["XDG_RUNTIME_DIR"], !path.isEmpty {
            paths.append(path + "/fusebox")
        }
        paths += ["/run/user/\(uid)/fusebox", "/tmp/fusebox-\(uid)"]
        return paths.enumerated().filter { paths.firstIndex(of: $1) == $0 }
            .map { SocketDirectory($1) }
    }

    /// The directory for a hub of this user: the first candidate whose parent exists.
    public static func ofUser(environment: [String: String], uid: UInt32) -> SocketDirectory {
        let all = candidates(environment: environment, uid: uid)
        let usable = all.first { directory in
            let parent = directory.path.split(separator: "/").dropLast().joined(separator: "/")
            return FileStatus(of: "/" + parent)?.kind == .directory
        }
        return usable ?? SocketDirectory("/tmp/fusebox-\(uid)")
    }

    /// The path of a role's socket.
    public func socket(_ role: SocketRole) -> String {
        "\(path)/\(role.rawValue)/fusebox.sock"
    }

    /// The path of the file from which agents read the orders that hold.
    public var orders: String { Self.orders(beside: socket(.agent)) }

    /// The path of the orders file beside an agents' socket.
    public static func orders(beside socket: String) -> String {
        let end = socket.lastIndex(of: "/").map { socket.index(after: $0) } ?? socket.startIndex
        return socket[..<end] + "orders.ndjson"
    }

    /// The path of the file whose lock shows which hub owns the directory.
    public var lock: String { path + "/hub.lock" }

    /// The path.
    public var description: String { path }

    /// Checks before connecting that no other user could have created the socket.
    ///
    /// - Throws: ``SocketError`` if a part of the path is missing, is a link, belongs to another
    ///   user or is open to others.
    public func check(_ role: SocketRole, uid: UInt32 = getuid()) throws(SocketError) {
        let socket = socket(role)
        try SocketError.requireShortEnough(socket)
        try checkFolder(role, uid: uid)
        try Self.check(socket, is: .socket, uid: uid)
    }

    /// Checks that no other user could have created a file in a role's directory.
    public func checkFolder(_ role: SocketRole, uid: UInt32 = getuid()) throws(SocketError) {
        try Self.check(path, is: .directory, uid: uid)
        let folder = "\(path)/\(role.rawValue)"
        try Self.check(folder, is: .directory, uid: uid)
        if access(folder, X_OK) != 0, errno == EACCES, let group = FileStatus(of: folder)?.group {
            throw .forbidden(path: folder, group: SocketAccess.name(ofGroup: group))
        }
    }

    /// Creates the directory and its subdirectories, and checks those that exist.
    ///
    /// - Throws: ``SocketError``. It does not fall back to another directory.
    public func create(
        _ access: SocketAccess = .owner, uid: UInt32 = getuid()
    ) throws(SocketError) {
        try SocketError.requireShortEnough(socket(.operator))
        try Self.make(path, access.directoryMode, uid: uid)
        for role in SocketRole.allCases {
            let path = "\(path)/\(role.rawValue)"
            try Self.make(path, 0o700, uid: uid)
            try access.grant(path, role, isSocket: false)
        }
    }

    /// Sets the group and mode of a role's socket after it is bound.
    public func open(_ role: SocketRole, to access: SocketAccess) throws(SocketError) {
        try access.grant(socket(role), role, isSocket: true)
    }

    private static func make(_ path: String, _ mode: mode_t, uid: UInt32) throws(SocketError) {
        if mkdir(path, 0o700) == 0 {
            // `mkdir` applies the umask; `chmod` does not.
            chmod(path, mode)
        } else if errno != EEXIST {
            throw .system("cannot make the directory", path: path, errno: errno)
        }
        try check(path, is: .directory, uid: uid)
    }

    /// Checks that a directory belongs to this user or root and is not open to others.
    public static func checkPrivate(
        _ path: String, uid: UInt32 = getuid()
    ) throws(SocketError) {
        try check(path, is: .directory, uid: uid)
    }

    private static func check(
        _ path: String, is kind: FileStatus.Kind, uid: UInt32
    ) throws(SocketError) {
        guard let status = FileStatus(of: path) else {
            throw errno == ENOENT || errno == ENOTDIR
                ? .missing(path: path)
                : .system("cannot read the status of", path: path, errno: errno)
        }
        guard status.kind == kind else {
            throw .wrongKind(path: path, expected: kind.words, got: status.kind.words)
        }
        guard status.owner == uid || status.owner == 0 else {
            throw .wrongOwner(path: path, owner: status.owner, uid: uid)
        }
        let tooOpen: mode_t =
            switch kind {
            // All users may read the system hub's directory, but not the subdirectories of its
            // roles.
            case .directory: status.owner == 0 ? 0o022 : 0o027
            case .socket, .link, .file: 0o007
            }
        guard status.mode & tooOpen == 0 else {
            throw .tooOpen(path: path, mode: status.mode & 0o7777)
        }
    }
}

import Glibc
public import Sockets

/// The paths of the files in which a hub stores its state.
public struct StatePlaces: Equatable, Sendable {
    /// The audit log. All hubs of a user share it.
    public let audit: String
    /// The standing orders of one hub.
    public let standing: String
    /// The firing alerts of one hub.
    public let alerts: String
    /// The standing orders of one hub in the form that agents read, in its socket directory.
    let orders: String

    /// Creates the paths in a state directory, such as `~/.local/state/fusebox`, for the hub of a
    /// socket directory.
    public init(_ directory: String, for hub: SocketDirectory) {
        audit = "\(directory)/audit.ndjson"
        let escaped = hub.path.map { character in
            switch character {
            case "/": "_"
            case "_": "__"
            default: String(character)
            }
        }
        standing = "\(directory)/standing\(escaped.joined()).ndjson"
        alerts = "\(directory)/alerts\(escaped.joined()).ndjson"
        orders = hub.orders
    }

    /// Creates the directory and its parents, and checks its owner and permissions.
    ///
    /// - Throws: ``SocketError`` if the directory cannot be used.
    func create() throws(SocketError) {
        let folder = String(audit.dropLast("/audit.ndjson".count))
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/" + part
            if mkdir(path, 0o700) != 0, errno != EEXIST {
                let why = String(cString: strerror(errno))
                throw .failed("cannot make the state directory \(path): \(why)")
            }
        }
        try SocketDirectory.checkPrivate(folder)
    }
}

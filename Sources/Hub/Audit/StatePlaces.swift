import Glibc
public import Sockets

/// Where a hub keeps what it must not forget.
public struct StatePlaces: Equatable, Sendable {
    /// The audit log, which the hubs of a user share.
    public let audit: String
    /// The standing orders of one hub.
    public let standing: String
    /// The alerts of one hub that somebody was told of and that are not over.
    public let alerts: String

    /// A longer audit log is begun anew, in bytes.
    static let auditBytes: off_t = 64_000_000
    /// How many of those before are kept.
    static let auditFiles = 8

    /// An audit log of before; 1 is the latest.
    func olderAudit(_ number: Int) -> String {
        "\(audit.dropLast(".ndjson".count)).\(number).ndjson"
    }

    /// The files in a state directory, such as `~/.local/state/fusebox`, for the hub of a socket
    /// directory.
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
    }

    /// Makes the directory, with those above it, and checks whose it is.
    ///
    /// - Throws: ``SocketError`` where it cannot be used.
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

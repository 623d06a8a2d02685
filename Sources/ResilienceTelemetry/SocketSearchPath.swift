import Sockets

/// Where an agent looks for a hub: one socket, several places in turn, or nowhere.
public struct SocketSearchPath: Equatable, Sendable {
    private enum Kind: Equatable {
        case off
        case socket(String)
        case directories([SocketDirectory])
    }

    private let kind: Kind

    /// No hub: telemetry is off.
    public static let off = SocketSearchPath(kind: .off)

    private init(kind: Kind) {
        self.kind = kind
    }

    /// The socket at a path.
    public init(socket path: String) {
        kind = .socket(path)
    }

    /// What an environment asks for: `FUSEBOX_SOCKET` is a path or a `unix://` path, and empty
    /// switches telemetry off; without it, every place where a hub of the user or of the system is.
    public init(environment: [String: String], uid: UInt32 = ProcessEnvironment.uid) {
        switch environment["FUSEBOX_SOCKET"] {
        case .some(""):
            kind = .off
        case .some(let path):
            let prefix = "unix://"
            kind = .socket(path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path)
        case .none:
            let all = SocketDirectory.candidates(environment: environment, uid: uid)
            kind = .directories(all + [.system])
        }
    }

    /// Whether there is any place to look.
    var isEnabled: Bool { kind != .off }

    /// The sockets that may be used at this moment, in order.
    func usable() -> [String] {
        switch kind {
        case .off:
            []
        case .socket(let path):
            // Whoever names a socket has chosen it; a container's mount has an owner of its own.
            [path]
        case .directories(let all):
            all.filter { (try? $0.check(.agent)) != nil }.map { $0.socket(.agent) }
        }
    }
}

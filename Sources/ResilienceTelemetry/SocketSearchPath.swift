import Sockets

/// The places where an agent looks for a hub: one socket, several directories in order, or none.
public struct SocketSearchPath: Equatable, Sendable {
    private enum Kind: Equatable {
        case off
        case socket(String)
        case directories([SocketDirectory])
    }

    private let kind: Kind

    /// No place: telemetry is off.
    public static let off = SocketSearchPath(kind: .off)

    private init(kind: Kind) {
        self.kind = kind
    }

    /// Creates a path of one socket.
    public init(socket path: String) {
        kind = .socket(path)
    }

    /// Reads the path from the environment. `FUSEBOX_SOCKET` is a path or a `unix://` path; an
    /// empty value turns telemetry off. Without the variable, the path has every directory of the
    /// user's hubs and of the system's hub.
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

    /// Whether the path has any place.
    var isEnabled: Bool { kind != .off }

    /// Reads the first orders file, which exists even while its hub restarts.
    func orders(uid: UInt32 = ProcessEnvironment.uid) -> OrdersFile.Contents? {
        switch kind {
        case .off:
            nil
        case .socket(let path):
            OrdersFile.read(SocketDirectory.orders(beside: path), owners: nil)
        case .directories(let all):
            all.lazy.filter { (try? $0.checkFolder(.agent)) != nil }
                .compactMap { OrdersFile.read($0.orders, owners: [uid, 0]) }.first
        }
    }

    /// Reads the orders file beside a socket of ``usable()``.
    func orders(beside socket: String) -> OrdersFile.Contents? {
        let isNamed = if case .socket = kind { true } else { false }
        return OrdersFile.read(
            SocketDirectory.orders(beside: socket),
            owners: isNamed ? nil : [ProcessEnvironment.uid, 0])
    }

    /// Returns the sockets that can be used now, in order.
    func usable() -> [String] {
        switch kind {
        case .off:
            []
        case .socket(let path):
            // A named socket is used without an ownership check, because the user chose it and a
            // container's mount may have another owner.
            [path]
        case .directories(let all):
            all.filter { (try? $0.check(.agent)) != nil }.map { $0.socket(.agent) }
        }
    }
}

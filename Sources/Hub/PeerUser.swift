import Glibc
import NIOCore

/// Who is on the other side of a socket, by the kernel's word.
enum PeerUser {
    /// The kernel's `struct ucred`, which the C library shows only to programs in C.
    private struct Credentials {
        var pid: pid_t
        var uid: uid_t
        var gid: gid_t
    }

    /// Tells who it is; on the channel's event loop.
    static func find(
        _ channel: any Channel, _ tell: @escaping @Sendable (AuditEntry.User) -> Void
    ) {
        guard let provider = channel as? any SocketOptionProvider else { return }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED))
        credentials.whenSuccess {
            tell(AuditEntry.User(name: name(of: $0.uid), uid: $0.uid, pid: $0.pid))
        }
    }

    /// This process.
    static var own: AuditEntry.User {
        AuditEntry.User(name: name(of: getuid()), uid: getuid(), pid: getpid())
    }

    private static func name(of uid: uid_t) -> String {
        guard let entry = getpwuid(uid), let name = entry.pointee.pw_name else {
            return "uid \(uid)"
        }
        return String(cString: name)
    }
}

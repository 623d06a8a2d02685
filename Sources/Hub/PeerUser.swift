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

    /// Tells the user's name, or the uid where it has none; on the channel's event loop.
    static func name(of channel: any Channel, _ tell: @escaping @Sendable (String) -> Void) {
        guard let provider = channel as? any SocketOptionProvider else { return }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED))
        credentials.whenSuccess { tell(name(of: $0.uid)) }
    }

    private static func name(of uid: uid_t) -> String {
        guard let entry = getpwuid(uid), let name = entry.pointee.pw_name else {
            return "uid \(uid)"
        }
        return String(cString: name)
    }
}

import Glibc
import NIOCore
import NIOPosix

/// Finds the user and process on the other side of a socket, as the kernel reports them.
enum PeerUser {
    /// The kernel's `struct ucred`, which glibc does not export to Swift.
    private struct Credentials {
        var pid: pid_t
        var uid: uid_t
        var gid: gid_t
    }

    /// Passes the user id to `tell` on the channel's event loop, before anything is read.
    static func findUID(_ channel: any Channel, _ tell: @escaping @Sendable (UInt32) -> Void) {
        credentials(of: channel)?.whenSuccess { tell($0.uid) }
    }

    private static func credentials(of channel: any Channel) -> EventLoopFuture<Credentials>? {
        (channel as? any SocketOptionProvider)?.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED))
    }

    /// Passes the user and process to `tell` on the channel's event loop. Reads nothing from the
    /// channel before that.
    ///
    /// Looks the name up on another thread, because a directory service may be slow.
    static func find(
        _ channel: any Channel, _ tell: @escaping @Sendable (AuditEntry.User) -> Void
    ) {
        guard let credentials = credentials(of: channel) else { return }
        channel.setOption(.autoRead, value: false).whenFailure { _ in }
        credentials.flatMap { peer in
            NIOThreadPool.singleton.runIfActive(eventLoop: channel.eventLoop) {
                AuditEntry.User(name: name(of: peer.uid), uid: peer.uid, pid: peer.pid)
            }
        }.whenComplete { user in
            if case .success(let user) = user { tell(user) }
            channel.setOption(.autoRead, value: true).whenFailure { _ in }
        }
    }

    /// The user and process of this hub.
    static let own = AuditEntry.User(name: name(of: getuid()), uid: getuid(), pid: getpid())

    private static func name(of uid: uid_t) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var words = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(uid, &entry, &words, words.count, &found) == 0, found != nil else {
            return "uid \(uid)"
        }
        return String(cString: entry.pw_name)
    }
}

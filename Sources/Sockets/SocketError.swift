import Glibc

/// The reasons why a socket cannot be used.
public enum SocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nothing exists at the path, so no hub runs there.
    case missing(path: String)
    /// The path is something else, such as a link.
    case wrongKind(path: String, expected: String, got: String)
    /// The path belongs to another user.
    case wrongOwner(path: String, owner: UInt32, uid: UInt32)
    /// The path is for a group that this user is not in. `group` is its name.
    case forbidden(path: String, group: String)
    /// Other users have access to the path.
    case tooOpen(path: String, mode: UInt32)
    /// The path is longer than the kernel allows for sockets.
    case tooLong(path: String)
    /// No process listens at the socket any more.
    case refused(path: String)
    /// The socket accepts a connection but sends nothing.
    case silent(String)
    /// Another hub owns the directory.
    case owned(path: String, pid: Int32?)
    /// A system call failed.
    case failed(String)

    /// The most bytes that a socket's path may have.
    public static let longestPath = 107

    /// What is wrong, where, and what to do about it.
    public var description: String {
        switch self {
        case .missing(let path):
            "no hub at \(path)"
        case .wrongKind(let path, let expected, let got):
            "\(path) is \(got), not \(expected); remove it or choose another --socket-dir"
        case .wrongOwner(let path, let owner, let uid):
            "\(path) belongs to uid \(owner), not to you (\(uid)) or root; "
                + "choose another --socket-dir"
        case .forbidden(let path, let group):
            "\(path) is for the group \(group), which you are not in; ask for "
                + "'sudo usermod --append --groups \(group) YOU', and log in again"
        case .tooOpen(let path, let mode):
            "\(path) has mode 0\(String(mode, radix: 8)), open to others; chmod it to 0700"
        case .tooLong(let path):
            "\(path) has \(path.utf8.count) bytes; a socket's path has at most "
                + "\(Self.longestPath); choose a shorter --socket-dir"
        case .refused(let path):
            "no process listens at \(path); its hub has ended"
        case .silent(let place):
            "\(place) accepts connections but sends nothing: its hub is stopped, "
                + "or the way to it stalls"
        case .owned(let path, let pid):
            "another hub\(pid.map { " (pid \($0))" } ?? "") owns \(path)"
        case .failed(let words):
            words
        }
    }

    static func system(_ what: String, path: String, errno: Int32) -> SocketError {
        .failed("\(what) \(path): \(String(cString: strerror(errno)))")
    }

    static func requireShortEnough(_ path: String) throws(SocketError) {
        guard path.utf8.count <= longestPath else { throw .tooLong(path: path) }
    }
}

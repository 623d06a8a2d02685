import Glibc

/// The lock that makes one hub the owner of a socket directory, held for the hub's lifetime. The
/// lock file is never removed: after a removal, two hubs could each lock a different file of that
/// name.
public struct HubLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock and writes this process's id into the file.
    ///
    /// - Throws: ``SocketError/owned(path:pid:)`` if another hub holds it.
    public init(_ directory: SocketDirectory) throws(SocketError) {
        let path = directory.lock
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .system("cannot open", path: path, errno: errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .owned(path: directory.path, pid: Self.read(path))
        }
        ftruncate(descriptor, 0)
        let line = "\(getpid())\n"
        _ = line.withCString { write(descriptor, $0, strlen($0)) }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// The process id of the hub that owns a directory; `nil` if none does.
    public static func owner(of directory: SocketDirectory) -> Int32? {
        let descriptor = open(directory.lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        // Rejects ids that would signal a group, all processes or `init`.
        return read(directory.lock).flatMap { $0 > 1 ? $0 : nil }
    }

    private static func read(_ path: String) -> Int32? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let digits = buffer[..<count].prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}

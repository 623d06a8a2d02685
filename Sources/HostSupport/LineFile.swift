import Glibc

/// A file to which only whole lines are appended. A partial write is removed again.
public struct LineFile: ~Copyable {
    /// The error of a system call.
    public struct Failed: Error, Equatable, Sendable, CustomStringConvertible {
        /// The value of `errno`.
        public let errno: Int32

        /// Creates the error for a value of `errno`.
        public init(errno: Int32) {
            self.errno = errno
        }

        /// The path is a directory, a FIFO or a device.
        public static let notAFile = Failed(errno: -1)

        /// The system's message.
        public var description: String {
            self == .notAFile ? "it is not a regular file" : String(cString: strerror(errno))
        }
    }

    private let descriptor: Int32
    /// The size after the last append, when the file ended with a whole line.
    private var end: off_t = 0

    /// Opens a file for appending. Creates it with mode 0600.
    ///
    /// - Parameter isNew: whether to fail if the file exists.
    public init(_ path: String, isNew: Bool) throws(Failed) {
        let flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        descriptor = try Self.open(path, isNew ? flags | O_EXCL : flags)
    }

    deinit {
        close(descriptor)
    }

    /// Reads a whole file. Returns no bytes if it does not exist.
    ///
    /// - Parameter limit: the largest accepted size, in bytes.
    public static func read(_ path: String, limit: Int) throws(Failed) -> [UInt8] {
        let descriptor: Int32
        do throws(Failed) {
            descriptor = try open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        } catch {
            if error.errno == ENOENT { return [] }
            throw error
        }
        defer { close(descriptor) }
        let size = size(descriptor)
        guard size <= limit else { throw Failed(errno: EFBIG) }
        var bytes: [UInt8] = []
        // One byte more than a small file, so that the second read finds its end.
        var buffer = [UInt8](repeating: 0, count: min(65_536, Int(size) + 1))
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 { throw Failed(errno: errno) }
            guard count > 0, bytes.count <= limit else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Opens a regular file. Does not block on a FIFO or device, and throws ``Failed/notAFile`` for
    /// them.
    private static func open(_ path: String, _ flags: Int32) throws(Failed) -> Int32 {
        let descriptor = Glibc.open(path, flags | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw errno == ENXIO ? .notAFile : Failed(errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notAFile
        }
        return descriptor
    }

    /// Appends lines, each with its newline. If it fails, it removes what it has written.
    public mutating func append(_ lines: [UInt8]) throws(Failed) {
        let start = Self.size(descriptor)
        let bytes = endsWithinLine(at: start) ? [UInt8(ascii: "\n")] + lines : lines
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                let failed = Failed(errno: errno)
                takeBack(done, from: start)
                throw failed
            }
        }
        end = start + off_t(bytes.count)
    }

    /// Whether the file of a size ends with a part of a line, which a crash or another process left.
    private func endsWithinLine(at size: off_t) -> Bool {
        guard size > 0, size != end else { return false }
        var last = UInt8(ascii: "\n")
        pread(descriptor, &last, 1, size - 1)
        return last != UInt8(ascii: "\n")
    }

    /// Whether a path still leads to this file, which was not removed, moved or replaced.
    public func isAt(_ path: String) -> Bool {
        var (own, there) = (stat(), stat())
        // `fstat` does not fail for an open descriptor.
        guard fstat(descriptor, &own) == 0 else { return true }
        guard lstat(path, &there) == 0 else {
            // Other errors do not show that the file is gone.
            return errno != ENOENT && errno != ENOTDIR
        }
        return own.st_dev == there.st_dev && own.st_ino == there.st_ino
    }

    /// The size in bytes.
    public var size: Int { Int(Self.size(descriptor)) }

    /// The first bytes of the file, at most `count`.
    public func beginning(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            done = max(0, pread(descriptor, buffer.baseAddress, count, 0))
        }
    }

    /// Locks the file until it is closed. Returns `false` if another process has locked it.
    public func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Waits until the disk has the appended data.
    public func sync() throws(Failed) {
        guard fdatasync(descriptor) == 0 else { throw Failed(errno: errno) }
    }

    /// Removes a partial write, unless another process has appended lines after it.
    private func takeBack(_ done: Int, from start: off_t) {
        guard done > 0, Self.size(descriptor) == start + off_t(done) else { return }
        ftruncate(descriptor, start)
    }

    private static func size(_ descriptor: Int32) -> off_t {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_size : 0
    }
}

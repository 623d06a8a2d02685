import Glibc
import Synchronization

/// The only code that writes to standard output. It checks every write.
package enum StandardOutput {
    /// The reasons why nothing more can be printed.
    package enum Ended: Error, Equatable {
        /// The reader is gone, as after `| head`. This is not an error.
        case readerGone
        /// A write failed; the number is `errno`.
        case failed(errno: Int32)
    }

    /// The first error of ``announce(_:waits:)``.
    private static let failure = Mutex<Int32?>(nil)

    /// Prints a line.
    package static func print(_ text: String) throws(Ended) {
        try write(Array((text + "\n").utf8))
    }

    /// Prints bytes unchanged.
    package static func write(_ bytes: [UInt8]) throws(Ended) {
        try write(bytes, waits: true)
    }

    /// Prints a line of a command that continues even if the line is lost, such as a hub's address.
    /// Reports the first error on standard error; the program then exits with 1 when its work is
    /// done.
    ///
    /// - Parameter waits: whether to wait for a slow reader; if not, the line is dropped.
    package static func announce(_ text: String, waits: Bool = true) {
        do throws(Ended) {
            try write(Array((text + "\n").utf8), waits: waits)
        } catch {
            guard case .failed(let number) = error else { return }
            let isFirst = failure.withLock { failure in
                defer { failure = failure ?? number }
                return failure == nil
            }
            if isFirst { Console.error(words(number)) }
        }
    }

    /// Closes standard output at the program's end, because some file systems report errors only
    /// then.
    package static func finish() throws(Ended) {
        guard close(STDOUT_FILENO) == 0 || [EBADF, EINTR].contains(errno) else {
            throw .failed(errno: errno)
        }
    }

    /// Whether an announcement was lost.
    package static var hasFailed: Bool { failure.withLock { $0 != nil } }

    /// The message for a failed write.
    package static func words(_ number: Int32) -> String {
        "cannot write to standard output: \(String(cString: strerror(number))) "
            + "(what was printed is incomplete)"
    }

    private static func write(_ bytes: [UInt8], waits: Bool) throws(Ended) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            guard count < 0 else {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                guard waits else { return }
                var ready = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            case EPIPE: throw .readerGone
            // The terminal was closed. For a file, EIO is a disk error.
            case EIO where isCharacterDevice: throw .readerGone
            case let number: throw .failed(errno: number)
            }
        }
    }

    private static var isCharacterDevice: Bool {
        var status = stat()
        return fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
    }
}

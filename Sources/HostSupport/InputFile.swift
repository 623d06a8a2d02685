import Glibc

/// Reads input files, and checks the type of a file first. It never waits for a FIFO, and it names
/// directories, devices and compressed files in the error.
package enum InputFile {
    /// The reasons why a file is not read.
    package enum Refused: Error, Equatable, CustomStringConvertible {
        case missing
        /// It is not a file but something else, such as `a directory`.
        case noFile(String)
        /// It was compressed by the named program.
        case compressed(by: String)
        case tooLarge(limit: Int)
        /// A system call failed; the number is `errno`.
        case failed(errno: Int32)

        /// The reason, as the end of a sentence that starts with "cannot read FILE:".
        package var description: String {
            switch self {
            case .missing: InputFile.words(ENOENT)
            case .noFile("a FIFO"):
                "it is a FIFO, not a file; pass the output of another program on standard input"
            case .noFile(let kind): "it is \(kind), not a file"
            case .compressed(let program):
                "it is compressed by \(program); decompress it first, with '\(program) -d'"
            case .tooLarge(let limit): "it is larger than \(limit) bytes"
            case .failed(let number): InputFile.words(number)
            }
        }
    }

    /// Reads a file that is not compressed.
    ///
    /// - Parameter limit: the largest accepted size, in bytes.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(Refused) -> [UInt8] {
        let file = try open(path)
        defer { close(file) }
        let bytes = try bytes(of: file, limit: limit)
        try refuseCompressed(bytes)
        return bytes
    }

    /// Throws if the type or the first bytes of a file show that it is not a recording. Skips pipes
    /// that this process already has open, such as `/dev/stdin`.
    package static func checkRecording(_ path: String) throws(Refused) {
        guard path != "/dev/stdin", !path.hasPrefix("/dev/fd/"), !path.hasPrefix("/proc/self/fd/")
        else { return }
        let file = try open(path)
        defer { close(file) }
        var start = [UInt8](repeating: 0, count: 8)
        let count = Glibc.read(file, &start, start.count)
        guard count >= 0 else { throw .failed(errno: errno) }
        try refuseCompressed(Array(start[..<count]))
    }

    private static func open(_ path: String) throws(Refused) -> Int32 {
        // Checks the type before opening: the writer of a FIFO would see a reader open and close
        // it.
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw errno == ENOENT ? .missing : .failed(errno: errno)
        }
        try refuseOthers(status)
        let file = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .missing : .failed(errno: errno) }
        do throws(Refused) {
            // The file may have been replaced since the first check.
            guard fstat(file, &status) == 0 else { throw .failed(errno: errno) }
            try refuseOthers(status)
        } catch {
            close(file)
            throw error
        }
        return file
    }

    private static func refuseOthers(_ status: stat) throws(Refused) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: throw .noFile("a directory")
        case S_IFIFO: throw .noFile("a FIFO")
        case S_IFSOCK: throw .noFile("a socket")
        // A link to /dev/null is a common way to give an empty file.
        case S_IFCHR where status.st_rdev == nullDevice: return
        default: throw .noFile("a device")
        }
    }

    /// The number of `/dev/null` on Linux: device 3 of driver 1.
    private static let nullDevice: dev_t = 0x103

    private static func bytes(of file: Int32, limit: Int) throws(Refused) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .failed(errno: errno) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }

    private static func refuseCompressed(_ start: [UInt8]) throws(Refused) {
        for (program, magic) in compressors where start.starts(with: magic) {
            throw .compressed(by: program)
        }
    }

    /// The magic bytes of compressed files, by the program that writes them.
    private static let compressors: [(String, [UInt8])] = [
        ("gzip", [0x1F, 0x8B]), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
        ("bzip2", [0x42, 0x5A, 0x68]), ("lz4", [0x04, 0x22, 0x4D, 0x18]),
    ]

    private static func words(_ number: Int32) -> String { String(cString: strerror(number)) }
}

import Glibc

/// Reads what a background program has written to its log.
package enum LogWords {
    /// The most bytes that are read.
    private static let limit = 2_048

    /// The present size of a log, in bytes.
    package static func end(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// The lines written after an offset, without the program's name at the start.
    package static func since(_ begin: Int64, in path: String) -> String {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = pread(file, &buffer, buffer.count, off_t(begin))
        let text = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        return text.split(separator: "\n").map { line in
            line.hasPrefix("fusebox: ") ? String(line.dropFirst(9)) : String(line)
        }.joined(separator: "\n")
    }
}

import Glibc

/// What a program in the background has written to its log.
package enum LogWords {
    /// The most bytes that are passed on.
    private static let limit = 2_048

    /// Where a log ends now.
    package static func end(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// The lines that came since, without the program's name in front of each.
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

import Glibc

/// Writes files that only this user may read. Each write replaces the whole file atomically.
package enum PrivateFile {
    /// The error of a write; the number is `errno`.
    package struct Failed: Error { let errno: Int32 }

    /// Writes a file for this user only. Creates its directory if that is missing.
    package static func replace(_ path: String, by text: String) throws(Failed) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        makeDirectory(directory)
        // The temporary name is unique, because two dashboards may exit at once.
        var name = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw Failed(errno: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        do throws(Failed) {
            try write(Array(text.utf8), to: descriptor)
            guard fsync(descriptor) == 0, rename(name, path) == 0 else {
                throw Failed(errno: errno)
            }
        } catch {
            unlink(name)
            close(descriptor)
            throw error
        }
        close(descriptor)
    }

    /// Creates a directory and its missing parents for this user only. Reports no error: check that
    /// the directory exists.
    package static func makeDirectory(_ path: String) {
        guard access(path, F_OK) != 0 else { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            makeDirectory(String(path[..<slash]))
        }
        mkdir(path, 0o700)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failed) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failed(errno: errno) }
            rest = rest.dropFirst(count)
        }
    }
}

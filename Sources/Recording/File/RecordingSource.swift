import Glibc
import HostSupport

/// A buffered reader of a recording's bytes.
final class RecordingSource {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private(set) var isAtEnd = false
    /// The offset of the buffered bytes in the file.
    private(set) var position: Int64 = 0
    /// The largest number of bytes buffered so far, for tests.
    private(set) var most = 0

    /// - Parameter path: `-` is standard input.
    init(_ path: String) throws(LineFile.Failed) {
        let opened = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw LineFile.Failed(errno: errno) }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// Whether the file supports seeking.
    var canSeek: Bool { lseek(descriptor, 0, SEEK_CUR) >= 0 }

    /// The buffered bytes.
    var bytes: ArraySlice<UInt8> { buffer[start...] }

    /// Seeks to an offset and empties the buffer.
    func seek(to offset: Int64) {
        buffer = []
        start = 0
        isAtEnd = false
        position = offset
        lseek(descriptor, off_t(offset), SEEK_SET)
    }

    /// Forgets that the end was reached, because the file may have grown.
    func lookAgain() { isAtEnd = false }

    /// Reads until `count` bytes are buffered. Returns `false` if the file ends before.
    ///
    /// - Parameter room: the number of bytes to read at a time.
    func fill(_ count: Int, by room: Int = 256 << 10) -> Bool {
        while buffer.count - start < count, !isAtEnd { read(room) }
        return buffer.count - start >= count
    }

    /// Removes bytes from the start of the buffer.
    func skip(_ count: Int) {
        start += count
        position += Int64(count)
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        }
    }

    private func read(_ room: Int) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        let have = buffer.count
        var failure: Int32 = 0
        buffer += [UInt8](unsafeUninitializedCapacity: room) { bytes, read in
            let got = Glibc.read(descriptor, bytes.baseAddress, room)
            failure = got < 0 ? errno : 0
            read = max(0, got)
        }
        most = max(most, buffer.count)
        if buffer.count == have, failure != EINTR { isAtEnd = true }
    }
}

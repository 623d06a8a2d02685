import Glibc
import HostSupport

/// A recording's bytes as they are read, some of them at hand.
final class RecordingSource {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private(set) var isAtEnd = false
    /// Where in the file what is at hand begins, in bytes.
    private(set) var position: Int64 = 0
    /// The most bytes that were at hand at once.
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

    /// Whether it can be moved in.
    var canSeek: Bool { lseek(descriptor, 0, SEEK_CUR) >= 0 }

    /// What is at hand.
    var bytes: ArraySlice<UInt8> { buffer[start...] }

    /// Moves to a place of the file.
    func seek(to offset: Int64) {
        buffer = []
        start = 0
        isAtEnd = false
        position = offset
        lseek(descriptor, off_t(offset), SEEK_SET)
    }

    /// A file may have grown since its end was seen.
    func lookAgain() { isAtEnd = false }

    /// Reads until so many bytes are at hand; whether there are.
    ///
    /// - Parameter room: how many are read at a time.
    func fill(_ count: Int, by room: Int = 256 << 10) -> Bool {
        while buffer.count - start < count, !isAtEnd { read(room) }
        return buffer.count - start >= count
    }

    /// Goes past bytes at hand.
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

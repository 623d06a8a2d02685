import Glibc
import HostSupport

/// The audit log, which stays open between writes. All hubs of a user append to the same file, and
/// any of them may rotate it.
///
/// A log is rotated at 64 MB, or when its first line is older than an eighth of the time that lines
/// are kept. Eight rotated logs are kept, each until its last line is older than that time. So a line
/// is kept for at least this time, unless the size limits it.
struct AuditLog: ~Copyable {
    /// The size from which the log is rotated, in bytes.
    static let rotationBytes = 64_000_000
    /// The number of rotated logs to keep.
    static let rotatedLogs = 8

    private let path: String
    /// How long lines are kept, in milliseconds.
    private let keepMS: Int64
    /// The log as it was last opened. Another hub may have rotated it since.
    private var file: LineFile?

    /// - Parameter keepMS: how long lines are kept, in milliseconds.
    init(_ path: String, keepMS: Int64) {
        self.path = path
        self.keepMS = keepMS
    }

    /// The path of a rotated log; 1 is the latest.
    static func rotated(_ path: String, _ number: Int) -> String {
        "\(path.dropLast(".ndjson".count)).\(number).ndjson"
    }

    /// Appends lines, each with its newline. Rotates the log first if it is too long.
    ///
    /// - Parameter isSynced: whether to wait until the disk has the lines.
    mutating func append(_ lines: [UInt8], isSynced: Bool) throws(LineFile.Failed) {
        var log = try takeFile()
        if log.size >= Self.rotationBytes {
            rotate(log)
            log = try LineFile(path, isNew: false)
        }
        do throws(LineFile.Failed) {
            try log.append(lines)
            if isSynced { try log.sync() }
        } catch {
            file = consume log
            throw error
        }
        file = consume log
    }

    /// Rotates a log whose first line is too old, and removes rotated logs whose last line is too
    /// old. Call it from time to time.
    ///
    /// - Parameter now: the time in Unix milliseconds.
    mutating func tend(at now: Int64) {
        // Does not create a log, and does not read a damaged one.
        guard Self.lastWrite(path) != nil, let log = try? takeFile() else { return }
        removeOld(at: now)
        let first = AuditEntry.time(of: log.beginning(64))
        if let first, now - first > keepMS / Int64(Self.rotatedLogs) {
            rotate(log)
        } else {
            file = consume log
        }
    }

    /// Removes the rotated logs that are too old, unless another hub renames them.
    private func removeOld(at now: Int64) {
        // The lock ends when this second handle is closed.
        guard let lock = try? LineFile(path, isNew: false), lock.lock(), lock.isAt(path) else {
            return
        }
        for number in 1...Self.rotatedLogs {
            let old = Self.rotated(path, number)
            if let last = Self.lastWrite(old), now - last > keepMS { unlink(old) }
        }
    }

    /// The log, opened again if it is no longer at its path.
    private mutating func takeFile() throws(LineFile.Failed) -> LineFile {
        if let file = file.take(), file.isAt(path) { return file }
        return try LineFile(path, isNew: false)
    }

    /// Renames the log and the rotated logs, unless another hub does so.
    private func rotate(_ log: consuming LineFile) {
        // The lock ends when the file is closed.
        guard log.lock(), log.isAt(path) else { return }
        for number in (1..<Self.rotatedLogs).reversed() {
            rename(Self.rotated(path, number), Self.rotated(path, number + 1))
        }
        rename(path, Self.rotated(path, 1))
    }

    /// When a file was last written, in Unix milliseconds; `nil` if there is none.
    private static func lastWrite(_ path: String) -> Int64? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec) * 1_000
    }
}

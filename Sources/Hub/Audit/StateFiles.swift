import Glibc
import HostSupport
import Synchronization

/// The files of a hub's state on disk. Calls wait for the disk.
final class StateFiles: Sendable {
    /// The largest file that ``read(_:)`` accepts, in bytes.
    private static let readLimit = 64 << 20

    private let places: StatePlaces
    private let audit: Mutex<AuditLog>

    /// - Parameter auditKeepMS: how long lines of the audit log are kept, in milliseconds.
    init(_ places: StatePlaces, auditKeepMS: Int64) {
        self.places = places
        audit = Mutex(AuditLog(places.audit, keepMS: auditKeepMS))
    }

    /// Reads a file. Returns no bytes if it does not exist.
    func read(_ file: DurableStore.File) throws(LineFile.Failed) -> [UInt8] {
        try LineFile.read(places.path(of: file), limit: Self.readLimit)
    }

    /// Appends lines to the audit log, or replaces another file.
    ///
    /// - Parameter isIntent: whether to sync the audit log. Other files are always synced.
    func write(
        _ file: DurableStore.File, _ bytes: [UInt8], isIntent: Bool
    ) throws(LineFile.Failed) {
        switch file {
        case .audit:
            try audit.withLock { (log) throws(LineFile.Failed) in
                try log.append(bytes, isSynced: isIntent)
            }
        case .standing, .alerts:
            try Self.replace(places.path(of: file), by: bytes)
        case .orders:
            try Self.replace(places.path(of: file), by: bytes, prepare: Self.shareWithGroup)
        }
    }

    /// Rotates the audit log and removes rotated logs by age, at a time in Unix milliseconds.
    func tend(at now: Int64) {
        audit.withLock { $0.tend(at: now) }
    }

    /// Lets the group of a file's directory read the file, if it may enter the directory.
    private static func shareWithGroup(_ path: String) -> Int32 {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        var directory = stat()
        guard lstat(String(path[..<end]), &directory) == 0 else { return -1 }
        guard directory.st_mode & S_IXGRP != 0 else { return 0 }
        return lchown(path, getuid(), directory.st_gid) == 0 ? chmod(path, 0o640) : -1
    }

    /// Replaces a file atomically: a crash leaves either the old or the new content.
    ///
    /// - Parameter prepare: sets the permissions of the new file, and returns 0.
    private static func replace(
        _ path: String, by bytes: [UInt8], prepare: (String) -> Int32 = { _ in 0 }
    ) throws(LineFile.Failed) {
        let temporary = path + ".new"
        unlink(temporary)
        var file = try LineFile(temporary, isNew: true)
        try file.append(bytes)
        try file.sync()
        guard prepare(temporary) == 0 else { throw LineFile.Failed(errno: errno) }
        guard rename(temporary, path) == 0 else { throw LineFile.Failed(errno: errno) }
    }
}

extension StatePlaces {
    fileprivate func path(of file: DurableStore.File) -> String {
        switch file {
        case .audit: audit
        case .standing: standing
        case .alerts: alerts
        case .orders: orders
        }
    }
}

import Glibc
import HostSupport
import NIOCore
import NIOPosix
import Synchronization

/// Stores the audit log, the standing orders and the firing alerts on disk.
///
/// One thread writes. It combines the entries that arrive while the disk is busy. If the disk takes
/// longer than ``patience``, the store stops waiting, because a hung disk must not block commands.
/// The audit lines then go to the system log.
final class DurableStore: Sendable {
    /// A file of the store.
    enum File {
        /// The audit log. Lines are appended.
        case audit
        /// The standing orders. Each write replaces the file.
        case standing
        /// The firing alerts. Each write replaces the file.
        case alerts
        /// The standing orders in the form that agents read. Each write replaces the file.
        case orders

        /// The name of the file in messages.
        var words: String {
            switch self {
            case .audit: "audit log"
            case .standing: "list of standing orders"
            case .alerts: "list of alerts"
            case .orders: "agents' file of orders"
            }
        }
    }

    /// The files that could not be written, each with its error.
    typealias Failures = [File: LineFile.Failed]

    /// Writes bytes to a file, and syncs it if `isIntent`.
    typealias Writing =
        @Sendable (File, [UInt8], _ isIntent: Bool) throws(LineFile.Failed) -> Void

    /// A pending write.
    private struct Entry {
        let number: Int
        let lines: [UInt8]
        let isIntent: Bool
        let done: EventLoopPromise<Failures>
    }

    private struct Waiting {
        /// Entries that the writing thread has not taken yet.
        var entries: [Entry] = []
        var contents: [File: [UInt8]] = [:]
        /// Entries that are being written, by number.
        var underWay: [Int: Entry] = [:]
        var isPlanned = false
        var count = 0

        /// Removes an entry whose write is not complete. `nil` if it is complete.
        mutating func remove(_ number: Int) -> Entry? {
            if let entry = underWay.removeValue(forKey: number) { return entry }
            guard let index = entries.firstIndex(where: { $0.number == number }) else { return nil }
            return entries.remove(at: index)
        }
    }

    private let files: StateFiles
    private let loop: any EventLoop
    private let patience: TimeAmount
    private let system: SystemLog
    private let writing: Writing
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Mutex(Waiting())

    /// - Parameters:
    ///   - auditKeepMS: how long lines of the audit log are kept, in milliseconds.
    ///   - patience: the longest wait for the disk.
    ///   - system: receives the audit lines that the disk does not accept in time.
    ///   - writing: writes the files; by default those of `places`.
    init(
        _ places: StatePlaces, _ loop: any EventLoop, auditKeepMS: Int64 = .max,
        patience: TimeAmount = .seconds(1),
        system: SystemLog = SystemLog(), writing: Writing? = nil
    ) {
        let files = StateFiles(places, auditKeepMS: auditKeepMS)
        self.files = files
        self.loop = loop
        self.patience = patience
        self.system = system
        self.writing = writing ?? files.write
        thread.start()
    }

    /// Creates a store without a state directory. All audit lines go to the system log.
    convenience init(withoutFilesIn places: StatePlaces, _ loop: any EventLoop) {
        let files = StateFiles(places, auditKeepMS: .max)
        self.init(places, loop) { file, bytes, isIntent throws(LineFile.Failed) in
            guard file == .orders else { throw LineFile.Failed(errno: EROFS) }
            try files.write(file, bytes, isIntent: isIntent)
        }
    }

    /// Reads a file. Returns no bytes if it does not exist.
    func read(_ file: File) throws(LineFile.Failed) -> [UInt8] {
        try files.read(file)
    }

    /// Writes, then calls `then` on the event loop with the files that failed. Calls are in the
    /// order of the writes.
    ///
    /// - Parameters:
    ///   - contents: lines to append to the audit log, and the full contents of other files.
    ///   - isIntent: whether to sync the audit log before the call of `then`.
    func write(
        _ contents: [File: [UInt8]], isIntent: Bool = false,
        then: @escaping @Sendable (Failures) -> Void
    ) {
        let files = Set(contents.keys)
        let done = loop.makePromise(of: Failures.self)
        done.futureResult.whenSuccess { failures in
            then(failures.filter { files.contains($0.key) })
        }
        let (number, isFirst) = waiting.withLock { waiting in
            waiting.count += 1
            waiting.contents.merge(contents.filter { $0.key != .audit }) { $1 }
            waiting.entries.append(
                Entry(
                    number: waiting.count, lines: contents[.audit] ?? [], isIntent: isIntent,
                    done: done))
            defer { waiting.isPlanned = true }
            return (waiting.count, !waiting.isPlanned)
        }
        let timeout = loop.scheduleTask(in: patience) { self.giveUp(number, files) }
        done.futureResult.whenComplete { _ in timeout.cancel() }
        if isFirst { thread.submit { if $0 == .active { self.writeWaiting() } } }
    }

    /// Rotates the audit log and removes rotated logs by age, at a time in Unix milliseconds.
    func tend(at now: Int64) {
        thread.submit { if $0 == .active { self.files.tend(at: now) } }
    }

    /// Waits until everything is written, at most for ``patience``. Sends the remaining audit lines
    /// to the system log.
    func close() async {
        await thread.settle(within: patience, on: loop)
        let left = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting.underWay.values.sorted { $0.number < $1.number } + waiting.entries
        }
        for entry in left { system.tell(entry.lines) }
        for entry in left { entry.done.succeed([:]) }
        thread.shutdownGracefully { _ in }
        await system.close(within: patience, on: loop)
    }

    /// Stops waiting for a slow disk. The lines go to the system log, and may later be in the file
    /// too.
    private func giveUp(_ number: Int, _ files: Set<File>) {
        guard let entry = waiting.withLock({ $0.remove(number) }) else { return }
        system.tell(entry.lines)
        entry.done.succeed(Dictionary(uniqueKeysWithValues: files.map { ($0, .slow) }))
    }

    private func writeWaiting() {
        let (entries, whole) = waiting.withLock { waiting in
            let entries = waiting.entries
            waiting.entries = []
            for entry in entries { waiting.underWay[entry.number] = entry }
            waiting.isPlanned = false
            defer { waiting.contents = [:] }
            return (entries, waiting.contents)
        }
        var contents = whole
        contents[.audit] = entries.flatMap(\.lines)
        let isIntent = entries.contains(where: \.isIntent)
        var failures: Failures = [:]
        for (file, bytes) in contents where file != .audit || !bytes.isEmpty {
            // A failed file must not prevent the others from being written.
            do throws(LineFile.Failed) { try writing(file, bytes, isIntent) } catch {
                failures[file] = error
            }
        }
        // The missing entries have timed out and were reported as failed.
        let patient = waiting.withLock { waiting in
            entries.filter { waiting.underWay.removeValue(forKey: $0.number) != nil }
        }
        if failures[.audit] != nil { for entry in patient { system.tell(entry.lines) } }
        for entry in patient { entry.done.succeed(failures) }
    }
}

extension LineFile.Failed {
    /// The disk did not finish the write in time.
    static let slow = LineFile.Failed(errno: ETIMEDOUT)
}

import Glibc
import HostSupport
import NIOCore
import NIOPosix
import Synchronization

/// What the hub must not forget: the audit log and the standing orders, on disk before anyone is told
/// of them, and the alerts that fire.
///
/// A thread of its own writes: what came while the disk was busy goes there together. A disk that
/// takes more than a second is waited for no longer, since it must not take the kill switch away:
/// what the audit log does not take by then goes to the system's.
final class DurableStore: Sendable {
    /// One of its files.
    enum File {
        /// Lines are appended to it.
        case audit
        /// It is what it was last, whole.
        case standing
        /// So is it.
        case alerts

        /// What it is, in words.
        var words: String {
            switch self {
            case .audit: "audit log"
            case .standing: "list of standing orders"
            case .alerts: "list of alerts"
            }
        }
    }

    /// Why the files that were not written were not.
    typealias Failures = [File: LineFile.Failed]

    /// Puts bytes into a file, and waits for the disk where that is asked for.
    typealias Writing =
        @Sendable (File, [UInt8], _ isIntent: Bool) throws(LineFile.Failed) -> Void

    /// What one of those who write is waiting for.
    private struct Entry {
        let number: Int
        let lines: [UInt8]
        let isIntent: Bool
        let done: EventLoopPromise<Failures>
    }

    private struct Waiting {
        /// Since the thread last looked.
        var entries: [Entry] = []
        var contents: [File: [UInt8]] = [:]
        /// Being written, by their number.
        var underWay: [Int: Entry] = [:]
        var isPlanned = false
        var count = 0

        /// Takes out one that is not written yet.
        mutating func remove(_ number: Int) -> Entry? {
            if let entry = underWay.removeValue(forKey: number) { return entry }
            guard let index = entries.firstIndex(where: { $0.number == number }) else { return nil }
            return entries.remove(at: index)
        }
    }

    private let places: StatePlaces
    private let loop: any EventLoop
    private let patience: TimeAmount
    private let system: SystemLog
    private let writing: Writing
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Mutex(Waiting())

    /// - Parameters:
    ///   - patience: how long the disk is waited for.
    ///   - system: told of what the audit log does not take.
    ///   - writing: in place of these places' own files.
    init(
        _ places: StatePlaces, _ loop: any EventLoop, patience: TimeAmount = .seconds(1),
        system: SystemLog = SystemLog(), writing: Writing? = nil
    ) {
        self.places = places
        self.loop = loop
        self.patience = patience
        self.system = system
        self.writing = writing ?? places.write
        thread.start()
    }

    /// Where no file can be kept: the system's log has what the audit log would.
    convenience init(withoutFilesIn places: StatePlaces, _ loop: any EventLoop) {
        self.init(places, loop) { _, _, _ throws(LineFile.Failed) in
            throw LineFile.Failed(errno: EROFS)
        }
    }

    /// The most bytes of a file that is read at the start.
    private static let readLimit = 64 << 20

    /// What is in a file; nothing where there is none yet.
    func read(_ file: File) throws(LineFile.Failed) -> [UInt8] {
        try LineFile.read(places.path(of: file), limit: Self.readLimit)
    }

    /// Writes, and then tells on the event loop which of these files could not be; callers are told
    /// in their order.
    ///
    /// - Parameters:
    ///   - contents: lines for the audit log; the others as they are now.
    ///   - isIntent: whether the disk must have the audit log's before it is told.
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

    /// Returns when everything is written, or after as long as a disk is waited for.
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

    /// The disk takes too long. It may still take these lines, or be told them twice.
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
            // One that fails must not keep the others from being written.
            do throws(LineFile.Failed) { try writing(file, bytes, isIntent) } catch {
                failures[file] = error
            }
        }
        // Of the others it has been told that they were not written.
        let patient = waiting.withLock { waiting in
            entries.filter { waiting.underWay.removeValue(forKey: $0.number) != nil }
        }
        if failures[.audit] != nil { for entry in patient { system.tell(entry.lines) } }
        for entry in patient { entry.done.succeed(failures) }
    }
}

extension LineFile.Failed {
    /// The disk did not answer.
    static let slow = LineFile.Failed(errno: ETIMEDOUT)
}

extension StatePlaces {
    fileprivate func path(of file: DurableStore.File) -> String {
        switch file {
        case .audit: audit
        case .standing: standing
        case .alerts: alerts
        }
    }

    fileprivate func write(
        _ file: DurableStore.File, _ bytes: [UInt8], isIntent: Bool
    ) throws(LineFile.Failed) {
        switch file {
        case .audit:
            rotateAudit()
            var file = try LineFile(audit, isNew: false)
            try file.append(bytes)
            if isIntent { try file.sync() }
        case .standing, .alerts:
            try Self.replace(path(of: file), by: bytes)
        }
    }

    /// Begins the audit log anew where it is long, and keeps the ones before: `audit.1.ndjson` is the
    /// latest of them.
    private func rotateAudit() {
        var status = stat()
        guard lstat(audit, &status) == 0, status.st_size >= Self.auditBytes else { return }
        for number in (1..<Self.auditFiles).reversed() {
            rename(olderAudit(number), olderAudit(number + 1))
        }
        rename(audit, olderAudit(1))
    }

    /// Either the old content or the new one is there, whatever happens.
    private static func replace(_ path: String, by bytes: [UInt8]) throws(LineFile.Failed) {
        let temporary = path + ".new"
        unlink(temporary)
        var file = try LineFile(temporary, isNew: true)
        try file.append(bytes)
        try file.sync()
        guard rename(temporary, path) == 0 else { throw LineFile.Failed(errno: errno) }
    }
}

import Glibc
import NIOCore
import NIOPosix
import Recording
import Synchronization

/// What the hub must not forget: the audit log and the standing orders, on disk before anyone is told
/// of them, and the alerts that fire.
///
/// A thread of its own writes: what came while the disk was busy goes there together. A disk that
/// takes more than a second is waited for no longer, since it must not take the kill switch away.
final class Ledger: Sendable {
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

    /// What is to be written, of all who have asked since the thread last looked.
    private struct Waiting {
        var contents: [File: [UInt8]] = [:]
        var isIntent = false
        var promises: [EventLoopPromise<Failures>] = []
    }

    /// How long the disk is waited for.
    static let patience = TimeAmount.seconds(1)

    private let places: StatePlaces
    private let loop: any EventLoop
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Mutex(Waiting())

    init(_ places: StatePlaces, _ loop: any EventLoop) {
        self.places = places
        self.loop = loop
        thread.start()
    }

    /// What is in a file; nothing where there is none yet.
    func read(_ file: File) throws(LineFile.Failed) -> [UInt8] {
        let descriptor = open(path(of: file), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw LineFile.Failed(errno: errno)
        }
        defer { Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 { throw LineFile.Failed(errno: errno) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
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
        done.futureResult.whenSuccess { failures in then(failures.filter { files.contains($0.key) })
        }
        loop.scheduleTask(in: Self.patience) {
            done.succeed(
                Dictionary(uniqueKeysWithValues: files.map { ($0, .init(errno: ETIMEDOUT)) }))
        }
        let isFirst = waiting.withLock { waiting in
            waiting.contents.merge(contents.filter { $0.key != .audit }) { $1 }
            waiting.contents[.audit, default: []] += contents[.audit] ?? []
            waiting.isIntent = waiting.isIntent || isIntent
            waiting.promises.append(done)
            return waiting.promises.count == 1
        }
        if isFirst { thread.submit { _ in self.writeWaiting() } }
    }

    /// Returns when everything is written.
    func close() async {
        try? await thread.runIfActive {}
        try? await thread.shutdownGracefully()
    }

    private func writeWaiting() {
        let batch = waiting.withLock { waiting in
            let batch = waiting
            waiting = Waiting()
            return batch
        }
        var failures: Failures = [:]
        for (file, bytes) in batch.contents {
            // One that fails must not keep the others from being written.
            do throws(LineFile.Failed) {
                switch file {
                case .audit: try append(bytes, isIntent: batch.isIntent)
                case .standing, .alerts: try Self.replace(path(of: file), by: bytes)
                }
            } catch {
                failures[file] = error
            }
        }
        for promise in batch.promises { promise.succeed(failures) }
    }

    private func append(_ lines: [UInt8], isIntent: Bool) throws(LineFile.Failed) {
        guard !lines.isEmpty else { return }
        do throws(LineFile.Failed) {
            var file = try LineFile(path(of: .audit), isNew: false)
            try file.append(lines)
            if isIntent { try file.sync() }
        } catch {
            Self.tellSystem(lines)
            throw error
        }
    }

    private func path(of file: File) -> String {
        switch file {
        case .audit: places.audit
        case .standing: places.standing
        case .alerts: places.alerts
        }
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

    /// What the audit log does not take goes to the system's.
    private static func tellSystem(_ lines: [UInt8]) {
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            let text = "fusebox: " + String(decoding: line, as: UTF8.self)
            text.withCString { text in
                withVaList([text]) { vsyslog(LOG_NOTICE, "%s", $0) }
            }
        }
    }
}

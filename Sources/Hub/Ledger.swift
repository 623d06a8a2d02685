import Glibc
import NIOCore
import NIOPosix
import Recording

/// What the hub must not forget: the audit log and the standing orders, on disk before anyone is told
/// of them, and the alerts that fire. A thread of its own writes, in order; a disk that takes more than a second is waited for
/// no longer, since it must not take the kill switch away.
final class Ledger: Sendable {
    /// How long the disk is waited for.
    static let patience = TimeAmount.seconds(1)

    private let places: StatePlaces
    private let loop: any EventLoop
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init(_ places: StatePlaces, _ loop: any EventLoop) {
        self.places = places
        self.loop = loop
        thread.start()
    }

    /// Standing orders that were kept, one line each.
    func standing() throws(LineFile.Failed) -> [UInt8] { try Self.read(places.standing) }

    /// Alerts that were kept, one line each.
    func alerts() throws(LineFile.Failed) -> [UInt8] { try Self.read(places.alerts) }

    /// Keeps the alerts as they are now.
    func keep(alerts: [UInt8], then: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        thread.runIfActive(eventLoop: loop) { [places] in
            try Self.replace(places.alerts, by: alerts)
        }.whenComplete(then)
    }

    /// What is in a file; nothing where there is none yet.
    private static func read(_ path: String) throws(LineFile.Failed) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
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

    /// Writes, and then tells on the event loop whether the disk has it; callers are told in their
    /// order.
    ///
    /// - Parameters:
    ///   - audit: lines for the audit log.
    ///   - standing: the standing orders as they are now; `nil` where they have not changed.
    ///   - isIntent: whether the disk must have it before it is told.
    func write(
        audit: [UInt8], standing: [UInt8]?, isIntent: Bool,
        then: @escaping @Sendable (Result<Void, LineFile.Failed>) -> Void
    ) {
        let done = loop.makePromise(of: Result<Void, LineFile.Failed>.self)
        done.futureResult.whenSuccess(then)
        thread.runIfActive(eventLoop: loop) { [places] in
            Result { () throws(LineFile.Failed) in
                // One that fails must not keep the other from being written.
                let saved = Result { () throws(LineFile.Failed) in
                    if let standing { try Self.replace(places.standing, by: standing) }
                }
                do throws(LineFile.Failed) {
                    if !audit.isEmpty {
                        var file = try LineFile(places.audit, isNew: false)
                        try file.append(audit)
                        if isIntent { try file.sync() }
                    }
                } catch {
                    Self.tellSystem(audit)
                    throw error
                }
                try saved.get()
            }
        }.whenComplete { result in
            done.succeed((try? result.get()) ?? .failure(LineFile.Failed(errno: EIO)))
        }
        loop.scheduleTask(in: Self.patience) {
            done.succeed(.failure(LineFile.Failed(errno: ETIMEDOUT)))
        }
    }

    /// Returns when everything is written.
    func close() async {
        try? await thread.shutdownGracefully()
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

import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Writes to the system log on its own thread, because the system log may hang like the disk. Lines
/// that wait are bounded by ``limit``; lines beyond it are dropped and counted.
final class SystemLog: Sendable {
    private struct Waiting {
        var lines: [UInt8] = []
        var lost = 0
        var isPlanned = false
    }

    /// The most bytes of lines that may wait.
    static let limit = 1 << 20

    private let write: @Sendable (String) -> Void
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Mutex(Waiting())

    /// - Parameter write: writes one line; by default to `syslog`.
    init(_ write: @escaping @Sendable (String) -> Void = SystemLog.write) {
        self.write = write
        thread.start()
    }

    /// Queues lines. Each ends with a newline.
    func tell(_ lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        let isFirst = waiting.withLock { waiting in
            if waiting.lines.count + lines.count <= Self.limit {
                waiting.lines += lines
            } else {
                waiting.lost += lines.count { $0 == UInt8(ascii: "\n") }
            }
            defer { waiting.isPlanned = true }
            return !waiting.isPlanned
        }
        if isFirst { thread.submit { if $0 == .active { self.writeWaiting() } } }
    }

    /// Waits until all lines are written, at most for `patience`.
    func close(within patience: TimeAmount, on loop: any EventLoop) async {
        await thread.settle(within: patience, on: loop)
        thread.shutdownGracefully { _ in }
    }

    private func writeWaiting() {
        let (lines, lost) = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return (waiting.lines, waiting.lost)
        }
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            write("fusebox: " + String(decoding: line, as: UTF8.self))
        }
        if lost > 0 {
            write("fusebox: \(lost) audit lines were dropped: the system log is too slow")
        }
    }

    private static func write(_ text: String) {
        text.withCString { text in withVaList([text]) { vsyslog(LOG_NOTICE, "%s", $0) } }
    }
}

extension NIOThreadPool {
    /// Waits until all submitted work is done, at most for `patience`.
    func settle(within patience: TimeAmount, on loop: any EventLoop) async {
        let settled = loop.makePromise(of: Void.self)
        submit { _ in settled.succeed() }
        let timeout = loop.scheduleTask(in: patience) { settled.succeed() }
        try? await settled.futureResult.get()
        timeout.cancel()
    }
}

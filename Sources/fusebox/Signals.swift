import Dispatch
import Glibc

/// Waits for the signals that ask the program to end.
enum Signals {
    /// The first of SIGINT, SIGTERM and SIGHUP that comes; from then on they are not fatal.
    static func termination() async -> Int32 {
        await first { _ in true }
    }

    /// The first of SIGINT, SIGTERM and SIGHUP that means the end; from now on they are not fatal.
    static func first(_ isEnd: (Int32) async -> Bool) async -> Int32 {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        for await number in stream where await isEnd(number) { return number }
        return SIGTERM
    }
}

import Dispatch
import Glibc

/// The signals that ask the program to end: SIGINT, SIGTERM and SIGHUP. From when it exists they are
/// not fatal and none is missed; so it is made before what needs an orderly end is started.
package struct Signals: Sendable {
    private let numbers: AsyncStream<Int32>

    package init() async {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        numbers = stream
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // It keeps the source, for as long as the program runs.
            source.setEventHandler { [source] in
                _ = source
                continuation.yield(number)
            }
            await withCheckedContinuation { registered in
                source.setRegistrationHandler { registered.resume() }
                source.activate()
            }
        }
    }

    /// The first that comes.
    package func termination() async -> Int32 { await first { _ in true } }

    /// The first that means the end.
    package func first(_ isEnd: (Int32) async -> Bool) async -> Int32 {
        for await number in numbers where await isEnd(number) { return number }
        return SIGTERM
    }
}

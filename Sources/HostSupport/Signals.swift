import Dispatch
import Glibc

/// Receives the signals that ask the program to end: SIGINT, SIGTERM and SIGHUP. Once it exists,
/// they are not fatal and none is missed, so create it before starting anything that needs an
/// orderly end.
package struct Signals: Sendable {
    private let numbers: AsyncStream<Int32>

    package init() async {
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        numbers = stream
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The handler keeps the source alive while the program runs.
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

    /// Waits for the first signal and returns its number.
    package func termination() async -> Int32 { await first { _ in true } }

    /// Waits for the first signal for which `isEnd` returns `true`, and returns its number.
    package func first(_ isEnd: (Int32) async -> Bool) async -> Int32 {
        for await number in numbers where await isEnd(number) { return number }
        return SIGTERM
    }
}

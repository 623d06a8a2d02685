import Synchronization

/// Wakes the thread that waits in ``Terminal/nextEvents(timeoutMilliseconds:)``. Any thread may use
/// it, even after its terminal is closed.
public final class Waker: Sendable {
    private let pipe: Pipe
    private let isPending = Atomic(false)

    init() throws(TerminalError) {
        pipe = try Pipe()
    }

    /// Makes the terminal's owner return with ``Event/wake``. Several calls before that count as
    /// one. Never blocks.
    public func wake() {
        guard !isPending.exchange(true, ordering: .acquiringAndReleasing) else { return }
        pipe.send(1)
    }

    /// The descriptor that becomes readable on a wake-up.
    var descriptor: Int32 { pipe.readEnd }

    /// Allows the next wake-up. Data published before an earlier `wake` is visible after this call.
    func reset() {
        _ = isPending.exchange(false, ordering: .acquiringAndReleasing)
        _ = pipe.drain()
    }
}

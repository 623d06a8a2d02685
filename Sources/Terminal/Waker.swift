import Synchronization

/// Wakes the thread that waits in ``Terminal/nextEvents(timeoutMilliseconds:)`` from any other.
/// Outlives its terminal without harm.
public final class Waker: Sendable {
    private let pipe: Pipe
    private let isPending = Atomic(false)

    init() throws(TerminalError) {
        pipe = try Pipe()
    }

    /// Makes the owner of the terminal return with ``Event/wake``. Calls that come before it does
    /// count as one. Never waits.
    public func wake() {
        guard !isPending.exchange(true, ordering: .acquiringAndReleasing) else { return }
        pipe.send(1)
    }

    /// The descriptor that becomes readable.
    var descriptor: Int32 { pipe.readEnd }

    /// Makes it possible to wake again. What was published before an earlier `wake` is visible
    /// after this.
    func reset() {
        _ = isPending.exchange(false, ordering: .acquiringAndReleasing)
        _ = pipe.drain()
    }
}

import Synchronization

/// Tells when a disk begins to take no lines, and when it takes them again.
final class LostLines: Sendable {
    private let isStopped = Mutex(false)
    private let tell: @Sendable (_ isStopped: Bool, _ words: String) -> Void

    /// - Parameter tell: whether it has begun or is over, in words too.
    init(
        _ tell: @escaping @Sendable (_ isStopped: Bool, _ words: String) -> Void = {
            Console.error($1)
        }
    ) {
        self.tell = tell
    }

    /// Looks at how a recording stands.
    func look(at progress: RecordingProgress) {
        let isNews = isStopped.withLock { isStopped in
            defer { isStopped = progress.isStopped }
            return isStopped != progress.isStopped
        }
        guard isNews else { return }
        tell(
            progress.isStopped,
            progress.isStopped
                ? "recording stopped: the disk does not take it; \(progress.lost) lines lost so far"
                : "recording again; \(progress.lost) lines were lost")
    }
}

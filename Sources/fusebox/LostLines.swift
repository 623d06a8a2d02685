import Synchronization

/// Tells when a disk begins to take no lines, and when it takes them again; of one recording after
/// the other.
final class LostLines: Sendable {
    private struct Count {
        var isStopped = false
        /// Lines that were lost since it was told last that it goes on, of recordings that are over
        /// and of the present one.
        var before = 0
        var present = 0
        var told = 0
    }

    private let count = Mutex(Count())
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
        let words: String? = count.withLock { count in
            if progress.lost < count.present { count.before += count.present }
            count.present = progress.lost
            guard progress.isStopped != count.isStopped else { return nil }
            count.isStopped = progress.isStopped
            if progress.isStopped { return "recording stopped: the disk does not take it" }
            let lost = count.before + count.present - count.told
            count.told += lost
            return "recording again; \(lost) lines were lost"
        }
        if let words { tell(progress.isStopped, words) }
    }
}

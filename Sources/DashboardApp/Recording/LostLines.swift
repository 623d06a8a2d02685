import HostSupport
import Synchronization

/// Tells when a disk begins to take no lines, or the recording's file is gone, and when it goes on again;
/// of one recording after the other.
package final class LostLines: Sendable {
    private struct Count {
        var isStopped = false
        /// Lines that were lost since it was told last that it goes on, of recordings that are over
        /// and of the present one.
        var before = 0
        var present = 0
        var told = 0
        /// How often the present one was begun anew.
        var restarts = 0
    }

    private let count = Mutex(Count())
    private let tell: @Sendable (_ isStopped: Bool, _ words: String) -> Void

    /// - Parameter tell: whether it has begun or is over, in words too.
    package init(
        _ tell: @escaping @Sendable (_ isStopped: Bool, _ words: String) -> Void = {
            Console.error($1)
        }
    ) {
        self.tell = tell
    }

    /// Looks at how a recording stands.
    package func look(at progress: RecordingProgress) {
        let news: [(isStopped: Bool, words: String)] = count.withLock { count in
            if progress.lost < count.present { count.before += count.present }
            count.present = progress.lost
            var news: [(isStopped: Bool, words: String)] = []
            if progress.restarts > count.restarts {
                if !count.isStopped { news.append((true, Self.gone)) }
                news.append((false, "\(Self.gone): it is begun anew, without what was in it"))
                count.isStopped = false
            }
            count.restarts = progress.restarts
            guard progress.isStopped != count.isStopped else { return news }
            count.isStopped = progress.isStopped
            if let why = progress.misplaced {
                news.append(
                    (true, "recording stopped: \(Self.gone), and cannot be begun anew: \(why)"))
            } else if progress.isStopped {
                news.append((true, "recording stopped: the disk does not take it"))
            } else {
                let lost = count.before + count.present - count.told
                count.told += lost
                news.append((false, "recording again; \(lost) lines were lost"))
            }
            return news
        }
        for one in news { tell(one.isStopped, one.words) }
    }

    private static let gone = "the recording's file was removed or moved away"
}

import HostSupport
import Synchronization

/// Reports when the disk stops to accept lines or the file of a recording is gone, and when recording continues.
/// It serves one recording after another.
package final class LostLines: Sendable {
    private struct Count {
        var isStopped = false
        /// Lines that were lost since the last report that recording continues: of ended recordings, and of the
        /// present one.
        var before = 0
        var present = 0
        var told = 0
        /// How often the present recording started a new file.
        var restarts = 0
    }

    private let count = Mutex(Count())
    private let tell: @Sendable (_ isStopped: Bool, _ words: String) -> Void

    /// - Parameter tell: called with whether the trouble has started or ended, and a message.
    package init(
        _ tell: @escaping @Sendable (_ isStopped: Bool, _ words: String) -> Void = {
            Console.error($1)
        }
    ) {
        self.tell = tell
    }

    /// Compares the progress of a recording with the last one, and reports changes.
    package func look(at progress: RecordingProgress) {
        let news: [(isStopped: Bool, words: String)] = count.withLock { count in
            if progress.lost < count.present { count.before += count.present }
            count.present = progress.lost
            var news: [(isStopped: Bool, words: String)] = []
            if progress.restarts > count.restarts {
                if !count.isStopped { news.append((true, Self.gone)) }
                news.append(
                    (false, "\(Self.gone): a new file is started, without the earlier lines"))
                count.isStopped = false
            }
            count.restarts = progress.restarts
            guard progress.isStopped != count.isStopped else { return news }
            count.isStopped = progress.isStopped
            if let why = progress.misplaced {
                news.append(
                    (
                        true,
                        "recording stopped: \(Self.gone), and a new file cannot be created: \(why)"
                    ))
            } else if progress.isStopped {
                news.append((true, "recording stopped: the disk cannot be written"))
            } else {
                let lost = count.before + count.present - count.told
                count.told += lost
                news.append((false, "recording continues; \(lost) lines were lost"))
            }
            return news
        }
        for one in news { tell(one.isStopped, one.words) }
    }

    private static let gone = "the recording's file was removed or moved"
}

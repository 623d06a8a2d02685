import Synchronization

/// Says when a disk begins to take no lines, and when it takes them again.
final class LostLines: Sendable {
    private struct Count {
        var lost = 0
        var isTold = false
    }

    private let count = Mutex(Count())

    /// - Parameter lost: lines that were not taken so far.
    func tell(_ lost: Int) {
        let words: String? = count.withLock { count in
            defer { count.lost = lost }
            if lost > count.lost, !count.isTold {
                count.isTold = true
                return "recording stopped: the disk does not take it; \(lost) lines lost so far"
            }
            if lost == count.lost, count.isTold {
                count.isTold = false
                return "recording again; \(lost) lines were lost"
            }
            return nil
        }
        if let words { Console.error(words) }
    }
}

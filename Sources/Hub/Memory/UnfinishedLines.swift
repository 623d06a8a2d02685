/// The beginnings of lines whose ends have not arrived. A peer has at most one, of at most a line's
/// length, but there may be many peers.
struct UnfinishedLines {
    private struct Beginning {
        var bytes: Int
        /// When the line began, in CLOCK_MONOTONIC milliseconds.
        let since: Double
    }

    private var peers: [Int: Beginning] = [:]
    /// The bytes of all peers.
    private(set) var total = 0

    /// Records what a read has left of a peer's line; 0 if its last line has ended.
    ///
    /// - Parameter hasEnded: whether the read ended the line before.
    mutating func set(_ bytes: Int, of peer: Int, hasEnded: Bool, at now: Double) {
        guard bytes > 0 || !peers.isEmpty else { return }
        let before = peers[peer]
        total += bytes - (before?.bytes ?? 0)
        peers[peer] =
            bytes == 0
            ? nil : Beginning(bytes: bytes, since: hasEnded ? now : before?.since ?? now)
    }

    /// Removes a peer. Returns its bytes.
    mutating func remove(_ peer: Int) -> Int {
        let bytes = peers.removeValue(forKey: peer)?.bytes ?? 0
        total -= bytes
        return bytes
    }

    /// The peers with the oldest unfinished lines. Without them, the lines of the others are within
    /// the limit.
    func oldest(above limit: Int) -> [Int] {
        var left = total
        return peers.sorted { $0.value.since < $1.value.since }.prefix { _, beginning in
            defer { left -= beginning.bytes }
            return left > limit
        }.map(\.key)
    }
}

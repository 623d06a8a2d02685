import Sockets

/// Logs when a relay's hub falls silent and when it is heard again.
struct RelayPulse {
    private let place: String
    private let log: (String) -> Void
    private var silence = Silence(at: MonotonicClock.milliseconds)
    private var hasBeat = false

    init(place: String, _ log: @escaping (String) -> Void) {
        self.place = place
        self.log = log
    }

    /// How long `poll` may wait before ``look(at:)`` is due, in milliseconds; -1 means without
    /// limit.
    func wait(at now: Int64) -> Int32 {
        silence.nextCheck.map { Int32(clamping: max(0, $0 - now)) } ?? -1
    }

    /// Records bytes from the hub. After the first beat, further beats are expected.
    mutating func hear(_ bytes: [UInt8], at now: Int64) {
        tell(silence.hear(at: now))
        guard !hasBeat, Self.haveBeat(bytes) else { return }
        hasBeat = true
        silence.expect(at: now)
    }

    /// Checks for silence if the check is due.
    mutating func look(at now: Int64) {
        guard let next = silence.nextCheck, now >= next else { return }
        tell(silence.check(at: now))
    }

    /// Whether the bytes contain a beat at the start of a line. The hub sends a beat in a write of
    /// its own, so it is not split.
    private static func haveBeat(_ bytes: [UInt8]) -> Bool {
        let start = Array(#"{"t":"beat","#.utf8)
        return bytes.starts(with: start)
            || bytes.indices.contains { index in
                bytes[index] == UInt8(ascii: "\n") && bytes[(index + 1)...].starts(with: start)
            }
    }

    private func tell(_ news: Silence.News?) {
        switch news {
        case .fellSilent:
            log("no data from the hub at \(place) for 3 s: it is stopped")
        case .spoke:
            log("the hub at \(place) answers again")
        case nil: break
        }
    }
}

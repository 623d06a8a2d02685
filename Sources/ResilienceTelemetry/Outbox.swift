import ResilienceWire

/// Events that wait to be sent: bounded. Where there are too many, one is dropped and counted: of a
/// tap's calls the new one, since they must not displace what tells of a state; else the oldest.
struct Outbox {
    let capacity: Int
    private var lines: [Line] = []
    private var lost = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func add(_ line: Line) {
        if lines.count == capacity {
            lost += 1
            if line.isCall { return }
            lines.remove(at: lines.firstIndex(where: \.isCall) ?? 0)
        }
        lines.append(line)
    }

    /// All that wait, oldest first, behind a `lost` line where some were dropped.
    mutating func take() -> [Line] {
        defer {
            lines = []
            lost = 0
        }
        return lost == 0 ? lines : [Line(.lost(lost))] + lines
    }
}

extension Line {
    fileprivate var isCall: Bool {
        if case .call = message { true } else { false }
    }
}

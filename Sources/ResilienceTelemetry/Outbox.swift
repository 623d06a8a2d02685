import ResilienceWire

/// Events that wait to be sent: bounded; the oldest is dropped, and counted.
struct Outbox {
    let capacity: Int
    private var lines: [Line] = []
    private var lost = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func add(_ line: Line) {
        if lines.count == capacity {
            lines.removeFirst()
            lost += 1
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

import ResilienceWire

/// A bounded queue of events to send. When it is full, it drops one event and counts it: the new
/// event if it is a call of a tap, otherwise the oldest call, or the oldest event if there is no
/// call. Calls therefore never displace changes of state.
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

    /// Removes and returns all events, oldest first. If events were dropped, a `lost` line comes
    /// first.
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

import ResilienceWire

/// A bounded queue of events to send. When it is full, it drops one event and counts it: the new
/// event if it is a call of a tap, otherwise the oldest call, or the oldest event if there is no
/// call. Calls therefore never displace changes of state.
struct Outbox {
    let capacity: Int
    private var messages: [AgentMessage] = []
    private var lost = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func add(_ message: AgentMessage) {
        if messages.count == capacity {
            lost += 1
            if message.isCall { return }
            messages.remove(at: messages.firstIndex(where: \.isCall) ?? 0)
        }
        messages.append(message)
    }

    /// Removes and returns all events, oldest first. If events were dropped, `lost` comes first.
    mutating func take() -> [AgentMessage] {
        defer {
            messages = []
            lost = 0
        }
        return lost == 0 ? messages : [.lost(lost)] + messages
    }
}

extension AgentMessage {
    fileprivate var isCall: Bool {
        if case .call = self { true } else { false }
    }
}

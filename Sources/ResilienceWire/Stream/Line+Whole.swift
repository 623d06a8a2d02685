extension Line {
    /// Appends the encoded line. If it is longer than readers accept, a history becomes several
    /// lines, and other lines lose their error messages. Only sums of agents' deltas can get that
    /// long.
    ///
    /// - Returns: the number of lines.
    @discardableResult
    package func encodeWhole(into bytes: inout [UInt8]) -> Int {
        let start = bytes.count
        encode(into: &bytes)
        guard bytes.count - start > WireLimits.lineBytes else { return 1 }
        bytes.removeLast(bytes.count - start)
        if case .history(let history) = message, history.slots.count > 1 {
            let middle = history.slots.count / 2
            return [history.slots[..<middle], history.slots[middle...]].reduce(0) { count, slots in
                var (part, line) = (history, self)
                part.slots = Array(slots)
                line.message = .history(part)
                return count + line.encodeWhole(into: &bytes)
            }
        }
        withoutMessages.encode(into: &bytes)
        return 1
    }

    private var withoutMessages: Line {
        var line = self
        if case .delta(let delta) = message { line.message = .delta(delta.withoutMessages) }
        if case .total(let delta) = message { line.message = .total(delta.withoutMessages) }
        if case .slot(let delta) = message { line.message = .slot(delta.withoutMessages) }
        if case .history(var history) = message {
            for index in history.slots.indices { history.slots[index].counters.messages = [] }
            line.message = .history(history)
        }
        return line
    }
}

extension Delta {
    /// A copy without error messages.
    package var withoutMessages: Delta {
        var delta = self
        delta.counters.messages = []
        return delta
    }
}

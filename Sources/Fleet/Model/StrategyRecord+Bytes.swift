import ResilienceWire

// Estimates of the memory that an agent's data takes, so that a hub can stay within its limit.

extension StrategyRecord {
    /// The estimated memory in bytes.
    public var bytes: Int {
        let limits = limits.reduce(0) { sum, limit in
            sum + MemoryLayout<LimitReading>.stride + limit.name.heapBytes + limit.why.heapBytes
                + (limit.unit?.heapBytes ?? 0)
        }
        return 2 * MemoryLayout<StrategyRecord>.stride + Heap.header + MemoryLayout<State>.stride
            + name.heapBytes + kind.heapBytes
            + (target?.heapBytes ?? 0) + (breaker?.why.heapBytes ?? 0)
            + (breaker?.trip?.heapBytes ?? 0) + limits + window.bytes
    }
}

extension Window {
    /// The estimated memory in bytes.
    var bytes: Int { past.bytes + fresh.bytes + restored.bytes + settled.bytes }
}

extension PastSlots {
    /// The estimated memory in bytes.
    var bytes: Int { chunks.reduce(0) { $0 + Heap.header + $1.bytes.count } }
}

extension Counters {
    /// The estimated heap memory in bytes, without the value itself.
    fileprivate var bytes: Int {
        let names = errors.reduce(0) { $0 + $1.type.heapBytes }
        let texts = messages.reduce(0) { $0 + $1.type.heapBytes + $1.text.heapBytes }
        return names + texts + Heap.bytes(errors) + Heap.bytes(messages) + Heap.bytes(retries)
            + Heap.bytes(latency) + (facets == nil ? 0 : MemoryLayout<CounterFacets>.stride)
            + Heap.bytes(stream?.firstByte ?? [])
    }
}

/// The heap memory of one object.
private enum Heap {
    /// The object's header and the allocator's own bytes.
    static let header = 48

    static func bytes<Element>(_ array: [Element]) -> Int {
        array.isEmpty ? 0 : header + array.capacity * MemoryLayout<Element>.stride
    }
}

extension String {
    /// The estimated heap memory in bytes; a text of up to 15 bytes is stored in the value itself.
    fileprivate var heapBytes: Int { utf8.count <= 15 ? 0 : Heap.header + utf8.count }
}

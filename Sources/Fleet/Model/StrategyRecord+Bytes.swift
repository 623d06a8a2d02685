import ResilienceWire

// About how much memory is taken by what an agent said, so that a hub can keep within bounds.

extension StrategyRecord {
    /// About how many bytes of memory it takes.
    public var bytes: Int {
        let limits = limits.reduce(0) { sum, limit in
            sum + MemoryLayout<LimitReading>.stride + limit.name.heapBytes + limit.why.heapBytes
                + (limit.unit?.heapBytes ?? 0)
        }
        return 2 * MemoryLayout<StrategyRecord>.stride + name.heapBytes + kind.heapBytes
            + (target?.heapBytes ?? 0) + (breaker?.why.heapBytes ?? 0)
            + (breaker?.trip?.heapBytes ?? 0) + limits + total.bytes + window.bytes
    }
}

extension Window {
    /// About how many bytes of memory it takes.
    var bytes: Int { past.bytes + (present?.counters.bytes ?? 0) }
}

extension PastSlots {
    /// About how many bytes of memory they take.
    var bytes: Int { chunks.reduce(0) { $0 + Heap.header + $1.bytes.count } }
}

extension Counters {
    /// About how many bytes of memory they take besides the value itself.
    fileprivate var bytes: Int {
        let names = errors.reduce(0) { $0 + $1.type.heapBytes }
        let texts = messages.reduce(0) { $0 + $1.type.heapBytes + $1.text.heapBytes }
        return names + texts + Heap.bytes(errors) + Heap.bytes(messages) + Heap.bytes(retries)
            + Heap.bytes(latency) + (facets == nil ? 0 : MemoryLayout<CounterFacets>.stride)
    }
}

/// What the heap takes for an object.
private enum Heap {
    /// The object's header and the allocator's own bytes.
    static let header = 48

    static func bytes<Element>(_ array: [Element]) -> Int {
        array.isEmpty ? 0 : header + array.capacity * MemoryLayout<Element>.stride
    }
}

extension String {
    /// A short text is within the value itself.
    fileprivate var heapBytes: Int { utf8.count <= 15 ? 0 : Heap.header + utf8.count }
}

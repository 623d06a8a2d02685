public import ResilienceWire

extension Counters {
    /// Adds the counters of a later period of the same strategy. The gauges are taken from the
    /// later period.
    ///
    /// The counts are untrusted input, so each sum is at most 2^53 - 1.
    public mutating func add(_ later: Counters) {
        ok = bounded(ok, later.ok)
        failed = bounded(failed, later.failed)
        rejected = bounded(rejected, later.rejected)
        cancelled = bounded(cancelled, later.cancelled)
        attempts = bounded(attempts, later.attempts)
        merge(&retries, later.retries, by: { $0.retries }) {
            $0.calls = bounded($0.calls, $1.calls)
        }
        merge(&errors, later.errors, by: { $0.type }) { $0.count = bounded($0.count, $1.count) }
        latency.add(later.latency)
        merge(&messages, later.messages, by: { $0.type }) { $0 = $1 }
        foldWhatIsTooMuch()
        retryMS = Int64(bounded(Int(retryMS), Int(later.retryMS)))
        takeGauges(of: later)
        guard var added = later.facets else { return }
        if let facets { added.combine(PeriodSum(), with: facets) }
        facets = added
    }

    /// A copy whose lists have no unused room.
    var compact: Counters {
        var copy = self
        copy.retries = retries.compact
        copy.errors = errors.compact
        copy.latency = latency.compact
        return copy
    }

    /// Copies other counters into the storage of these.
    mutating func replace(with other: Counters) {
        var lists = Counters()
        swap(&lists.retries, &retries)
        swap(&lists.errors, &errors)
        swap(&lists.latency, &latency)
        self = other
        lists.retries.replace(with: retries)
        lists.errors.replace(with: errors)
        lists.latency.replace(with: latency)
        swap(&lists.retries, &retries)
        swap(&lists.errors, &errors)
        swap(&lists.latency, &latency)
    }

    /// The maximum number of distinct error types and of distinct retry numbers.
    static let keyLimit = 64
    /// The error type that collects all types beyond ``keyLimit``.
    static let otherErrors = "other"

    /// Bounds the lists that an agent can make grow. Folded entries keep their counts.
    mutating func foldWhatIsTooMuch() {
        if retries.count > Self.keyLimit {
            let rest = retries[(Self.keyLimit - 1)...]
            let calls = rest.reduce(0) { bounded($0, $1.calls) }
            retries.removeLast(rest.count)
            retries.append(RetryCount(retries: rest.first?.retries ?? 0, calls: calls))
        }
        if errors.count > Self.keyLimit {
            let kept = errors.sorted { $0.count > $1.count }.prefix(Self.keyLimit - 1)
            let keptTypes = Set(kept.map(\.type)).subtracting([Self.otherErrors])
            let rest = errors.filter { !keptTypes.contains($0.type) }
            errors.removeAll { !keptTypes.contains($0.type) }
            let count = rest.reduce(0) { bounded($0, $1.count) }
            errors.append(ErrorCount(type: Self.otherErrors, count: count))
            errors.sort { $0.type < $1.type }
        }
        if messages.count > Self.keyLimit { messages.removeLast(messages.count - Self.keyLimit) }
    }

    /// Copies the gauges of calls in flight from later counters.
    public mutating func takeGauges(of later: Counters) {
        inFlight = later.inFlight
        waiting = later.waiting
        oldestMS = later.oldestMS
    }

    /// Adds the counters of another instance for the same period. The gauges are summed too; of the
    /// retry budgets, the smaller remaining share is kept.
    public mutating func addInstance(_ other: Counters) {
        let mine = self
        add(other)
        inFlight = bounded(mine.inFlight, other.inFlight)
        waiting = bounded(mine.waiting, other.waiting)
        oldestMS = max(mine.oldestMS, other.oldestMS)
        guard var sum = mine.facets, let two = other.facets else { return }
        sum.combine(InstanceSum(), with: two)
        facets = sum
    }

    /// The counters of several instances of a strategy, for the same period.
    public init(instances: some Sequence<Counters>) {
        self.init()
        for counters in instances { addInstance(counters) }
    }

    /// One of `parts` equal parts of the counters. Remainders go to the first parts.
    func part(_ index: Int, of parts: Int) -> Counters {
        func share(_ count: Int) -> Int {
            count / parts + (index < count % parts ? 1 : 0)
        }
        var part = self
        part.ok = share(ok)
        part.failed = share(failed)
        part.rejected = share(rejected)
        part.cancelled = share(cancelled)
        part.attempts = share(attempts)
        part.retries = retries.map { RetryCount(retries: $0.retries, calls: share($0.calls)) }
            .filter { $0.calls > 0 }
        part.errors = errors.map { ErrorCount(type: $0.type, count: share($0.count)) }
            .filter { $0.count > 0 }
        part.latency = latency.part(share)
            .filter { $0.count > 0 }
        part.retryMS = Int64(share(Int(retryMS)))
        part.facets = facets?.part(share)
        return part
    }
}

extension Delta {
    /// A copy whose lists have no unused room.
    package var compact: Delta {
        var copy = self
        copy.counters = counters.compact
        return copy
    }

    /// Whether its lists take little room, so that its storage may be kept.
    package var isSmall: Bool {
        max(counters.retries.capacity, counters.errors.capacity, counters.latency.capacity) <= 16
    }

    /// Copies another delta into the storage of this one.
    package mutating func replace(with other: Delta) {
        strategy = other.strategy
        sequence = other.sequence
        summed = other.summed
        missed = other.missed
        spanMS = other.spanMS
        counters.replace(with: other.counters)
    }

    /// Adds the next delta of the same strategy.
    public mutating func add(_ later: Delta) {
        sequence = later.sequence
        summed = bounded(summed, later.summed)
        spanMS = Int64(bounded(Int(spanMS), Int(later.spanMS)))
        counters.add(later.counters)
    }
}

extension Array {
    /// Copies another array's elements into this one's storage.
    fileprivate mutating func replace(with other: Self) {
        removeAll(keepingCapacity: true)
        append(contentsOf: other)
    }

    /// A copy without unused room.
    fileprivate var compact: Self { withUnsafeBufferPointer { Self($0) } }
}

/// The sum of two counts, at most 2^53 - 1. Each count must be at most 2^53 - 1. Counts are
/// untrusted input, and any number of them may be summed.
public func bounded(_ a: Int, _ b: Int) -> Int {
    min(a + b, Int(WireLimits.count))
}

/// Merges an ascending list into another. `join` combines two elements with the same key. Usually
/// all keys exist already, and nothing is allocated.
@inline(__always)
private func merge<Element, Key: Comparable>(
    _ all: inout [Element], _ later: [Element], by key: (Element) -> Key,
    join: (inout Element, Element) -> Void
) {
    if later.isEmpty { return }
    if all.isEmpty {
        // Copies the elements: `later` may have room for many more.
        all.append(contentsOf: later)
        return
    }
    var index = 0
    var joined = 0
    all.withUnsafeMutableBufferPointer { all in
        while joined < later.count {
            let wanted = key(later[joined])
            while index < all.count, key(all[index]) != wanted, key(all[index]) < wanted {
                index += 1
            }
            guard index < all.count, key(all[index]) == wanted else { return }
            join(&all[index], later[joined])
            joined += 1
        }
    }
    for element in later[joined...] {
        let wanted = key(element)
        while index < all.count, key(all[index]) < wanted { index += 1 }
        if index < all.count, key(all[index]) == wanted {
            join(&all[index], element)
        } else {
            all.insert(element, at: index)
        }
    }
}

extension [LatencyCount] {
    /// Adds the counts of another histogram.
    mutating func add(_ other: [LatencyCount]) {
        merge(&self, other, by: { $0.bucket }) { $0.count = bounded($0.count, $1.count) }
    }

    /// The histogram with each count reduced by `share`.
    func part(_ share: (Int) -> Int) -> [LatencyCount] {
        map { LatencyCount(bucket: $0.bucket, count: share($0.count)) }
    }
}

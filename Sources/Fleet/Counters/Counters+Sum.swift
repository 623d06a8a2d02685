public import ResilienceWire

extension Counters {
    /// Adds what another stretch of time counted. The gauges become the other's: it is the later.
    ///
    /// Counts come from outside, so a sum that is too large stays at 2^53 - 1.
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
        merge(&latency, later.latency, by: { $0.bucket }) { $0.count = bounded($0.count, $1.count) }
        merge(&messages, later.messages, by: { $0.type }) { $0 = $1 }
        foldWhatIsTooMuch()
        retryMS = Int64(bounded(Int(retryMS), Int(later.retryMS)))
        takeGauges(of: later)
        guard let added = later.facets else { return }
        guard var sum = facets else {
            facets = added
            return
        }
        sum.add(added)
        facets = sum
    }

    /// The most error types and numbers of retries that are told apart.
    static let keyLimit = 64
    /// The error type under which those beyond the limit are counted.
    static let otherErrors = "other"

    /// Keeps what an agent can make grow within bounds; what is folded still counts.
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

    /// Takes over what another says of calls under way.
    public mutating func takeGauges(of later: Counters) {
        inFlight = later.inFlight
        waiting = later.waiting
        oldestMS = later.oldestMS
    }

    /// Adds another instance's numbers of the same time: the gauges add up too, and of the budgets
    /// the one with the least left counts.
    public mutating func addReplica(_ other: Counters) {
        let mine = self
        add(other)
        inFlight = bounded(mine.inFlight, other.inFlight)
        waiting = bounded(mine.waiting, other.waiting)
        oldestMS = max(mine.oldestMS, other.oldestMS)
        guard let one = mine.facets, let two = other.facets else { return }
        facets?.takeGauges(one, two)
    }

    /// The share of one of `parts` equal parts; what does not divide goes to the first ones.
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
        part.latency = latency.map { LatencyCount(bucket: $0.bucket, count: share($0.count)) }
            .filter { $0.count > 0 }
        part.retryMS = Int64(share(Int(retryMS)))
        part.facets = facets?.part(share)
        return part
    }
}

extension Delta {
    /// Adds the one of the same strategy that comes after it.
    public mutating func add(_ later: Delta) {
        sequence = later.sequence
        summed = bounded(summed, later.summed)
        spanMS = Int64(bounded(Int(spanMS), Int(later.spanMS)))
        counters.add(later.counters)
    }
}

/// The sum of two counts, of which each is at most 2^53 - 1, as the sum is: they come from outside, and
/// there may be any number of them.
public func bounded(_ a: Int, _ b: Int) -> Int {
    min(a + b, Int(WireLimits.count))
}

/// Adds an ascending list to another; `join` where both have a key. Most often all keys are there
/// already, and nothing is allocated.
@inline(__always)
private func merge<Element, Key: Comparable>(
    _ all: inout [Element], _ later: [Element], by key: (Element) -> Key,
    join: (inout Element, Element) -> Void
) {
    if all.isEmpty {
        all = later
        return
    }
    var index = 0
    for element in later {
        let wanted = key(element)
        while index < all.count, key(all[index]) < wanted { index += 1 }
        if index < all.count, key(all[index]) == wanted {
            join(&all[index], element)
        } else {
            all.insert(element, at: index)
        }
    }
}

import Fleet
import ResilienceWire

/// The counts of the last few seconds, by subject: the failures that open a breaker are counted
/// before it opens. Adding takes amortised constant time, however many counts are kept.
struct RecentCounts<Subject: Hashable & Sendable>: Sendable {
    private struct Entry {
        let number: Int
        let at: Int64
        let counters: Counters
    }

    private let spanMS: Int64
    /// All entries, oldest first, including those already taken.
    private var all = Fifo<(number: Int, at: Int64, subject: Subject)>()
    private var bySubject: [Subject: Fifo<Entry>] = [:]
    private var count = 0
    /// The number of accesses to entries, for tests of the cost.
    private(set) var steps = 0

    /// - Parameter spanMS: the time for which counts are kept, in milliseconds.
    init(spanMS: Int64) {
        self.spanMS = spanMS
    }

    /// Adds counts, and removes counts older than the span.
    mutating func add(_ counters: Counters, of subject: Subject, at: Int64) {
        while let oldest = all.first, at - oldest.at > spanMS {
            steps += 1
            all.removeFirst()
            guard bySubject[oldest.subject]?.first?.number == oldest.number else { continue }
            bySubject[oldest.subject]?.removeFirst()
            if bySubject[oldest.subject]?.first == nil { bySubject[oldest.subject] = nil }
        }
        count += 1
        steps += 1
        all.append((number: count, at: at, subject: subject))
        bySubject[subject, default: Fifo()].append(
            Entry(number: count, at: at, counters: counters))
    }

    /// Removes and sums the counts of a subject within the span before a time.
    mutating func take(_ subject: Subject, at: Int64) -> Counters {
        var sum = Counters()
        for entry in bySubject.removeValue(forKey: subject)?.elements ?? [] {
            steps += 1
            if at - entry.at <= spanMS { sum.add(entry.counters) }
        }
        return sum
    }
}

/// A queue. Each operation takes amortised constant time.
struct Fifo<Element: Sendable>: Sendable {
    private var storage: [Element] = []
    private var start = 0

    init() {}

    /// The elements, oldest first.
    var elements: ArraySlice<Element> { storage[start...] }

    var first: Element? { start < storage.count ? storage[start] : nil }

    mutating func append(_ element: Element) { storage.append(element) }

    /// Removes the oldest element. The queue must not be empty.
    mutating func removeFirst() {
        start += 1
        // Compact when half is free, so that each element is moved once on average.
        guard 2 * start >= storage.count else { return }
        storage.removeFirst(start)
        start = 0
    }
}

import Fleet
import ResilienceWire

/// What was counted of late, by whose it is: failures come before the breaker that opens for them. Each
/// count costs the same, however many there are.
struct RecentCounts<Subject: Hashable & Sendable>: Sendable {
    private struct Entry {
        let number: Int
        let at: Int64
        let counters: Counters
    }

    private let spanMS: Int64
    /// All of them, oldest first, whether or not they were taken.
    private var all = Fifo<(number: Int, at: Int64, subject: Subject)>()
    private var bySubject: [Subject: Fifo<Entry>] = [:]
    private var count = 0
    /// Looks at an entry, for tests.
    private(set) var steps = 0

    /// - Parameter spanMS: for how long they are kept, in milliseconds.
    init(spanMS: Int64) {
        self.spanMS = spanMS
    }

    /// Keeps what was counted, and forgets what is older than the span.
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

    /// The sum of one's within the span before a time; they are not kept any more.
    mutating func take(_ subject: Subject, at: Int64) -> Counters {
        var sum = Counters()
        for entry in bySubject.removeValue(forKey: subject)?.elements ?? [] {
            steps += 1
            if at - entry.at <= spanMS { sum.add(entry.counters) }
        }
        return sum
    }
}

/// First in, first out: each costs the same, however many there are.
struct Fifo<Element: Sendable>: Sendable {
    private var storage: [Element] = []
    private var start = 0

    init() {}

    /// Oldest first.
    var elements: ArraySlice<Element> { storage[start...] }

    var first: Element? { start < storage.count ? storage[start] : nil }

    mutating func append(_ element: Element) { storage.append(element) }

    /// Removes the oldest; there is one.
    mutating func removeFirst() {
        start += 1
        // Half of it at a time, so that each element is moved once on average.
        guard 2 * start >= storage.count else { return }
        storage.removeFirst(start)
        start = 0
    }
}

/// The failed attempts of one call: counted exactly by error type, but not all of them kept.
///
/// Kept are the first ``keptAttempts``, and after them the latest of each further error type, up to
/// ``RetryMetrics/errorTypeLimit`` types.
@usableFromInline
struct FailureLog: Sendable {
    /// An attempt, and how many it stands for: itself and earlier ones of its error type.
    @usableFromInline
    struct Entry: Equatable, Sendable {
        var attempt: FailedAttempt
        var count = 1
        /// When the first of them failed; known of the first failure of a call alone.
        var at: Instant?
        /// The number of the attempt, from 1, where its value stood for an error; else 0.
        var judged = 0
    }

    /// Attempts that are kept one by one.
    static let keptAttempts = 100

    // Nothing until an attempt fails: a call without failures has nothing to let go of, not even the
    // array that is empty.
    @usableFromInline private(set) var some: [Entry]?

    @inlinable
    init() {}

    private(set) var entries: [Entry] {
        get { some ?? [] }
        _modify {
            var all = some ?? []
            some = nil
            defer { some = all }
            yield &all
        }
    }

    var isEmpty: Bool { some == nil }

    /// Failed attempts in all.
    var total: Int { entries.reduce(0) { $0 + $1.count } }

    /// The attempts that are kept, in the order in which they failed.
    var kept: [FailedAttempt] { entries.map(\.attempt) }

    /// When the first attempt failed; `nil` where nobody looked at the time.
    var firstFailure: Instant? { entries.lazy.compactMap(\.at).min() }

    /// The number of the attempt that was noted last, where its value stood for an error; else 0.
    var judgedAttempt: Int { entries.last?.judged ?? 0 }

    mutating func add(_ failure: FailedAttempt, at time: Instant? = nil, judged attempt: Int = 0) {
        add(Entry(attempt: failure, at: time, judged: attempt))
    }

    /// Adds what another call's log holds, whose attempts have numbers of their own.
    mutating func add(_ other: FailureLog) {
        for var entry in other.entries {
            entry.judged = 0
            add(entry)
        }
    }

    private mutating func add(_ new: Entry) {
        guard entries.count >= Self.keptAttempts else {
            entries.append(new)
            return
        }
        var new = new
        let same = entries[Self.keptAttempts...].firstIndex { $0.attempt.type == new.attempt.type }
        let isFull = entries.count >= Self.keptAttempts + RetryMetrics.errorTypeLimit
        if let index = same {
            new.take(entries.remove(at: index))
        } else if isFull {
            new.attempt = FailedAttempt(
                type: RetryMetrics.otherErrors, message: new.attempt.message)
            if let index = entries[Self.keptAttempts...].firstIndex(where: {
                $0.attempt.type == RetryMetrics.otherErrors
            }) {
                new.take(entries.remove(at: index))
            }
        }
        entries.append(new)
    }
}

extension FailureLog.Entry {
    /// Stands for an earlier one, too.
    fileprivate mutating func take(_ earlier: Self) {
        count += earlier.count
        at = [at, earlier.at].compactMap(\.self).min()
    }
}

/// The failed attempts of one call. The counts by error type are exact, but not every attempt is
/// kept.
///
/// It keeps the first ``keptAttempts`` attempts, then the latest of each further error type, up to
/// ``RetryMetrics/errorTypeLimit`` types.
@usableFromInline
struct FailureLog: Sendable {
    /// A kept attempt and the number of attempts that it represents: itself and earlier ones of the
    /// same error type.
    @usableFromInline
    struct Entry: Equatable, Sendable {
        var attempt: FailedAttempt
        var count = 1
        /// The time of the first of these failures; only set for the first failure of a call.
        var at: Instant?
        /// The number of the attempt, from 1, if it returned a value that is treated as an error;
        /// otherwise 0.
        var judged = 0
    }

    /// The number of attempts that are kept one by one.
    static let keptAttempts = 100

    // `nil` until an attempt fails: a call without failures has nothing to release, not even an
    // empty array.
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

    /// The number of failed attempts.
    var total: Int { entries.reduce(0) { $0 + $1.count } }

    /// The kept attempts, in the order in which they failed.
    var kept: [FailedAttempt] { entries.map(\.attempt) }

    /// The time at which the first attempt failed; `nil` if it was not measured.
    var firstFailure: Instant? { entries.lazy.compactMap(\.at).min() }

    /// The number of the last recorded attempt, if it returned a value that is treated as an error;
    /// otherwise 0.
    var judgedAttempt: Int { entries.last?.judged ?? 0 }

    mutating func add(_ failure: FailedAttempt, at time: Instant? = nil, judged attempt: Int = 0) {
        add(Entry(attempt: failure, at: time, judged: attempt))
    }

    /// Adds the log of another call. The numbers of its attempts are independent of this log's.
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
    /// Merges an earlier entry into this one.
    fileprivate mutating func take(_ earlier: Self) {
        count += earlier.count
        at = [at, earlier.at].compactMap(\.self).min()
    }
}

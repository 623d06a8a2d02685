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

    mutating func add(_ failure: FailedAttempt) {
        add(Entry(attempt: failure))
    }

    /// Adds what another log holds.
    mutating func add(_ other: FailureLog) {
        if isEmpty {
            some = other.some
        } else {
            for entry in other.entries { add(entry) }
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
            new.count += entries.remove(at: index).count
        } else if isFull {
            new.attempt = FailedAttempt(
                type: RetryMetrics.otherErrors, message: new.attempt.message)
            if let index = entries[Self.keptAttempts...].firstIndex(where: {
                $0.attempt.type == RetryMetrics.otherErrors
            }) {
                new.count += entries.remove(at: index).count
            }
        }
        entries.append(new)
    }
}

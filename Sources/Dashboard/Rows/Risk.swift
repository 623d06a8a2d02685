import Fleet
import ResilienceWire

/// The urgency of a row, ordered first by the kind of problem, then by the number of calls lost.
struct Risk: Comparable, Sendable {
    /// The kind of problem, least urgent first.
    enum Level: Int, Comparable, Sendable {
        case quiet, gone, stale, disabled, forced, failing, stuck, storm, halfOpen, flapping, open

        static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    let level: Level
    /// The number of calls in the last minute that were not served.
    let unserved: Int

    /// Calculates the risk of a row.
    init(_ row: Row) {
        level = Self.level(of: row)
        unserved = row.minute.wanted - row.minute.ok
    }

    static func < (a: Risk, b: Risk) -> Bool {
        (a.level, a.unserved) < (b.level, b.unserved)
    }

    /// The attempts per call above which retries are a storm, and the minimum number of calls to
    /// decide it.
    static let stormTries = 2.0
    static let stormCalls = 10
    /// The age above which a call counts as stuck, in milliseconds.
    static let stuckMS: Int64 = 10_000
    /// The remaining share below which a retry budget counts as exhausted.
    static let budgetShare = 0.05
    /// The share of served calls below which a strategy is failing.
    static let servedShare = 0.95

    private static func level(of row: Row) -> Level {
        switch row.presence {
        case .stale: return .stale
        case .gone: return .gone
        case .up: break
        }
        // The present state does not matter, so that the row keeps its position while it flaps.
        if row.flap != nil { return .flapping }
        let state = row.state
        if state == .open { return .open }
        if state == .halfOpen { return .halfOpen }
        if row.isStorm { return .storm }
        if row.isStuck { return .stuck }
        switch state {
        case .forcedOpen: return .forced
        case .disabled: return .disabled
        case .open, .halfOpen, .closed, nil: break
        }
        return row.minute.servedRate ?? 1 < servedShare ? .failing : .quiet
    }
}

extension Row {
    /// Whether retries multiply the load: a retry storm.
    var isStorm: Bool {
        minute.ran >= Risk.stormCalls && minute.amplification ?? 0 > Risk.stormTries
    }

    /// Whether a call in flight is older than ``Risk/stuckMS``.
    var isStuck: Bool {
        presence == .up && inFlight > 0 && oldestMS > Risk.stuckMS
    }
}

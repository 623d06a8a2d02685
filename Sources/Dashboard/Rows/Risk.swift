import Fleet
import ResilienceWire

/// How urgently a row needs a person: first what is the matter, then how many calls it costs.
struct Risk: Comparable, Sendable {
    /// What is the matter, least urgent first.
    enum Level: Int, Comparable, Sendable {
        case quiet, gone, stale, disabled, forced, failing, stuck, storm, halfOpen, flapping, open

        static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    let level: Level
    /// Calls of the last minute that were not served.
    let unserved: Int

    /// The risk of a row.
    init(_ row: Row) {
        level = Self.level(of: row)
        unserved = row.minute.wanted - row.minute.ok
    }

    static func < (a: Risk, b: Risk) -> Bool {
        (a.level, a.unserved) < (b.level, b.unserved)
    }

    /// Attempts per call above which retrying is a storm, and the calls that it takes to say so.
    static let stormTries = 2.0
    static let stormCalls = 10
    /// How long a call may run before it counts as stuck, in milliseconds.
    static let stuckMS: Int64 = 10_000
    /// Below this share a retry budget counts as exhausted.
    static let budgetShare = 0.05
    /// Below this share of served calls a strategy is failing.
    static let servedShare = 0.95

    private static func level(of row: Row) -> Level {
        switch row.presence {
        case .stale: return .stale
        case .gone: return .gone
        case .up: break
        }
        // Whatever state it is in at the moment: its place holds still.
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
    /// Whether retrying multiplies the load.
    var isStorm: Bool {
        minute.ran >= Risk.stormCalls && minute.amplification ?? 0 > Risk.stormTries
    }

    /// Whether a call runs for too long.
    var isStuck: Bool {
        presence == .up && inFlight > 0 && oldestMS > Risk.stuckMS
    }
}

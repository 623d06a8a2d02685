/// Whether the other side of a connection has been silent for too long.
///
/// Silence counts only where something is due: an answer that was asked for, or the beat that a hub
/// promised. Times are milliseconds of one clock that never goes back.
public struct Silence: Equatable, Sendable {
    /// What there is to tell.
    public enum News: Equatable, Sendable {
        /// It has said nothing since this time.
        case fellSilent(since: Int64)
        /// It is heard again.
        case spoke
    }

    /// So many milliseconds without a byte are too long, unless another limit is set.
    public static let limitMS: Int64 = 3_000
    /// A check that comes so much too late was kept from coming: this process was stopped, or busy.
    private static let latenessMS: Int64 = 1_000

    /// When the last byte came, or when the first became due.
    public private(set) var heard: Int64
    private var limitMS = Self.limitMS
    private var hasHeard = false
    private var isExpecting = false
    /// When ``check(at:)`` is to be called next; `nil` while nothing is due.
    public private(set) var nextCheck: Int64?
    /// Since when it has been silent for too long; `nil` while it has not.
    public private(set) var silentSince: Int64?

    /// The connection was made.
    public init(at now: Int64) {
        heard = now
    }

    /// A byte is due from now on, at least each so many milliseconds.
    public mutating func expect(at now: Int64, within limitMS: Int64 = Silence.limitMS) {
        if !isExpecting { heard = max(heard, now) }
        isExpecting = true
        self.limitMS = limitMS
        if silentSince == nil { nextCheck = heard + limitMS }
    }

    /// An answer is due where none has come yet; whether later ones are, the first one tells.
    public mutating func expectFirst(at now: Int64) {
        if !hasHeard { expect(at: now) }
    }

    /// Nothing is due any more, until it is again.
    public mutating func expectNothing() {
        isExpecting = false
        nextCheck = nil
    }

    /// A byte came, or nothing was read for this side's own reasons.
    public mutating func hear(at now: Int64) -> News? {
        heard = max(heard, now)
        hasHeard = true
        guard silentSince != nil else { return nil }
        silentSince = nil
        nextCheck = isExpecting ? heard + limitMS : nil
        return .spoke
    }

    /// Looks whether it was heard of late.
    public mutating func check(at now: Int64) -> News? {
        guard let planned = nextCheck, silentSince == nil else { return nil }
        // What came meanwhile has not been read yet.
        if now - planned > Self.latenessMS { heard = max(heard, now) }
        guard now - heard >= limitMS else {
            nextCheck = heard + limitMS
            return nil
        }
        nextCheck = nil
        silentSince = heard
        return .fellSilent(since: heard)
    }
}

/// Detects whether the other side of a connection has been silent for too long.
///
/// Silence counts only while something is due: a requested answer, or a promised beat. Times are
/// milliseconds of a monotonic clock.
public struct Silence: Equatable, Sendable {
    /// A change to report.
    public enum News: Equatable, Sendable {
        /// The other side has sent nothing since this time.
        case fellSilent(since: Int64)
        /// The other side is heard again.
        case spoke
    }

    /// The default limit of silence, in milliseconds.
    public static let limitMS: Int64 = 3_000
    /// The delay of a check, in milliseconds, that means this process was stopped or busy.
    private static let latenessMS: Int64 = 1_000

    /// When the last byte came, or the first became due.
    public private(set) var heard: Int64
    private var limitMS = Self.limitMS
    private var hasHeard = false
    private var isExpecting = false
    /// When to call ``check(at:)`` next; `nil` while nothing is due.
    public private(set) var nextCheck: Int64?
    /// The start of the present silence; `nil` if the other side is not silent for too long.
    public private(set) var silentSince: Int64?

    /// Creates the state for a new connection.
    public init(at now: Int64) {
        heard = now
    }

    /// Starts to expect a byte at least every `limitMS` milliseconds.
    public mutating func expect(at now: Int64, within limitMS: Int64 = Silence.limitMS) {
        if !isExpecting { heard = max(heard, now) }
        isExpecting = true
        self.limitMS = limitMS
        if silentSince == nil { nextCheck = heard + limitMS }
    }

    /// Expects a first answer unless one has come. The answer decides whether more are due.
    public mutating func expectFirst(at now: Int64) {
        if !hasHeard { expect(at: now) }
    }

    /// Stops expecting bytes.
    public mutating func expectNothing() {
        isExpecting = false
        nextCheck = nil
    }

    /// Records that a byte came, or that this side did not read for its own reasons.
    public mutating func hear(at now: Int64) -> News? {
        heard = max(heard, now)
        hasHeard = true
        guard silentSince != nil else { return nil }
        silentSince = nil
        nextCheck = isExpecting ? heard + limitMS : nil
        return .spoke
    }

    /// Checks whether the silence exceeds the limit.
    public mutating func check(at now: Int64) -> News? {
        guard let planned = nextCheck, silentSince == nil else { return nil }
        // Bytes that arrived during the delay have not been read yet.
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

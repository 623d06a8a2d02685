import NIOCore
import ResilienceWire

/// A connected agent: its channel, the names it uses, and when it was last heard. A reference, since
/// it is looked up for every line.
final class AgentSession {
    /// A hello of an instance that the hub knows already, and what was said with it.
    struct Entrance {
        let hello: Hello
        let id: InstanceID
        /// CLOCK_MONOTONIC milliseconds.
        let since: Double
        var rest: [Message] = []
    }

    /// What one agent may send before it is disconnected or its strategies are no longer taken.
    static let strategyLimit = 2_000

    let channel: any Channel
    /// The user that it runs as, by the kernel's word; `nil` where the kernel does not say.
    var uid: UInt32?
    /// `nil` until it was welcomed.
    var id: InstanceID?
    /// What it said after a hello that is not answered yet.
    var entrance: Entrance?
    var hello: Hello?
    var names = SafeNames()
    /// CLOCK_MONOTONIC milliseconds.
    var lastHeard: Double
    var isStale = false
    var allowance: ReadAllowance
    /// Strategies that it has said something of in this turn, by safe name.
    var touched: Set<String> = []
    /// Strategies it has declared, by safe name.
    var declared: Set<String> = []

    init(_ channel: any Channel, now: Double) {
        self.channel = channel
        lastHeard = now
        allowance = ReadAllowance(now: now)
    }
}

import NIOCore
import ResilienceWire

/// A connected agent: its channel, the names it uses, and when it was last heard. A reference, since
/// it is looked up for every line.
final class AgentPeer {
    /// What one agent may send before it is disconnected or its strategies are no longer taken.
    static let strategyLimit = 2_000

    let channel: any Channel
    /// `nil` until it has said hello.
    var id: InstanceID?
    var hello: Hello?
    var names = SafeNames()
    /// CLOCK_MONOTONIC milliseconds.
    var lastHeard: Double
    var isStale = false
    var allowance: ReadAllowance
    /// Strategies it has declared, by safe name.
    var declared: Set<String> = []

    init(_ channel: any Channel, now: Double) {
        self.channel = channel
        lastHeard = now
        allowance = ReadAllowance(now: now)
    }
}

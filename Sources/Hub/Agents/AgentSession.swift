import NIOCore
import ResilienceWire

/// A connected agent: its channel, its strategies and when it was last heard. A class, because the hub
/// looks it up for every line.
final class AgentSession {
    /// A hello from an instance that the hub already knows, and the messages that followed it.
    struct Entrance {
        let hello: Hello
        let id: InstanceID
        /// When the hello arrived, in CLOCK_MONOTONIC milliseconds.
        let since: Double
        var rest: [AgentMessage] = []
    }

    /// An order of the orders file that the agent applied to a strategy.
    struct Applied: Hashable {
        let order: String
        let strategy: String
    }

    /// The bytes that wait for an agent which does not read, from which it gets no more.
    static let unsentBytes = 16 * 1_024

    let channel: any Channel
    /// The user of the agent's process, as the kernel reports it. `nil` if unknown.
    var uid: UInt32?
    /// The agent's instance; `nil` until it is welcomed.
    var id: InstanceID?
    /// The hello that waits for an answer, with the messages after it.
    var entrance: Entrance?
    var hello: Hello?
    /// Whether the hub has removed the connection.
    var isRemoved = false
    /// When the agent was last heard, in CLOCK_MONOTONIC milliseconds.
    var lastHeard: Double
    var isStale = false
    /// Whether it has sent a ping that is not answered.
    var isPinged = false
    var allowance: ReadAllowance
    /// When the agent's data is weighed again.
    var weighing: Weighing
    var strategies = AgentStrategies()
    /// The libraries of its program that its client does not support.
    var unsupported: [UnsupportedLibrary] = []
    /// The orders of the orders file that the agent has reported as applied.
    var applied: Set<Applied> = []

    init(_ channel: any Channel, now: Double) {
        self.channel = channel
        lastHeard = now
        allowance = ReadAllowance(now: now)
        weighing = Weighing(at: now)
    }
}

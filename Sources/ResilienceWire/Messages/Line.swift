/// One line of the wire: a message. In the hub's stream and in recordings it also has the time of
/// arrival and the instance that sent it.
public struct Line: Equatable, Sendable {
    /// Unix milliseconds at which the hub received or made the message; `nil` on an agent's socket.
    public var at: Int64?
    /// The instance that sent the message; `nil` on an agent's socket and on the hub's own lines.
    public var source: InstanceID?
    /// The message.
    public var message: Message

    /// Creates a line. `at` and `source` are set only in the hub's stream and in recordings.
    public init(at: Int64? = nil, source: InstanceID? = nil, _ message: Message) {
        self.at = at
        self.source = source
        self.message = message
    }
}

/// Every kind of line. <doc:Protocol> lists them with their fields.
///
/// Large and rare messages are stored indirectly, so that a line takes 99 bytes instead of 288.
/// Lines are passed by value, and most of them are calls.
public enum Message: Equatable, Sendable {
    // Agent to hub.
    indirect case hello(Hello)
    indirect case strategy(StrategyDeclaration)
    indirect case delta(Delta)
    case call(CallReport)
    indirect case breaker(BreakerChange)
    indirect case limit(LimitChange)
    case ack(Ack)
    case lost(Int)
    case ping
    case bye
    // Hub to agent, viewer and operator.
    /// `beatMS`: the longest time in which the hub sends a line or answers a `ping`; absent if the
    /// hub may be silent.
    case welcome(version: Int, beatMS: Int? = nil)
    case pong
    case error(Refusal)
    indirect case command(Command)
    // Viewer to hub.
    /// `historyMS`: how far back the slots of the keyframe go; absent: all slots.
    case watch(version: Int, figures: MetricsDetail = .full, historyMS: Int64? = nil)
    // The stream and recordings.
    case recording(RecordingHeader)
    /// `beatMS`: the interval of `beat` lines on this connection, in milliseconds; absent in
    /// recordings.
    case keyframe(lines: Int, beatMS: Int? = nil)
    /// Shows that the hub is alive. Sent on view and operator sockets only, never recorded.
    case beat
    case keyframeEnd
    case agentUp(AgentUp)
    case agentStale
    case agentGone(why: String)
    indirect case total(Delta)
    indirect case slot(Delta)
    case clock(jumpMS: Int64)
    indirect case commandStatus(CommandStatus)
    case commandDone(CommandDone)
    indirect case alert(Alert)
    indirect case standing(StandingOrder)
    case standingEnd(StandingEnd)
    /// A type that this version does not know. Readers ignore it.
    case unknown(type: String)
}

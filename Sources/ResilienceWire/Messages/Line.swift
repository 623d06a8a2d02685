/// One line of the wire: a message and, in the hub's stream and in recordings, when it arrived and
/// from which instance of which agent.
public struct Line: Equatable, Sendable {
    /// Unix milliseconds at which the hub received or made the message; `nil` on an agent's socket.
    public var at: Int64?
    /// The instance that sent the message; `nil` on an agent's socket and on the hub's own lines.
    public var source: InstanceID?
    /// What the line says.
    public var message: Message

    /// A line as it travels; `at` and `source` are set only in the hub's stream and in recordings.
    public init(at: Int64? = nil, source: InstanceID? = nil, _ message: Message) {
        self.at = at
        self.source = source
        self.message = message
    }
}

/// Every kind of line. <doc:Protocol> lists them with their fields.
///
/// The large and rare ones are stored indirectly, so that a line is 99 bytes instead of 288: lines
/// are passed around by value, most of them calls.
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
    /// `beatMS`: how often the hub says something at least, or answers a `ping`; absent from a hub that
    /// may be silent.
    case welcome(version: Int, beatMS: Int? = nil)
    case pong
    case error(Refusal)
    indirect case command(Command)
    // Viewer to hub.
    /// `historyMS`: how far back the slots of the keyframe go; absent: all that there are.
    case watch(version: Int, figures: MetricsDetail = .full, historyMS: Int64? = nil)
    // The stream and recordings.
    case recording(RecordingHeader)
    /// `beatMS`: how often a `beat` follows on this connection, in milliseconds; absent in recordings.
    case keyframe(lines: Int, beatMS: Int? = nil)
    /// The hub lives. Only on view and operator sockets; never recorded.
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
    /// A type that this version does not know; it is to be ignored.
    case unknown(type: String)
}

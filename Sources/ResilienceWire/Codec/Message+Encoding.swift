extension Message {
    /// The line's `t`.
    public var type: String {
        switch self {
        case .hello: "hello"
        case .strategy: "strategy"
        case .delta: "delta"
        case .call: "call"
        case .breaker: "breaker"
        case .limit: "limit"
        case .ack: "ack"
        case .lost: "lost"
        case .ping: "ping"
        case .bye: "bye"
        case .welcome: "welcome"
        case .pong: "pong"
        case .error: "error"
        case .command: "command"
        case .watch: "watch"
        case .recording: "recording"
        case .keyframe: "keyframe"
        case .beat: "beat"
        case .keyframeEnd: "keyframe_end"
        case .agentUp: "agent_up"
        case .agentStale: "agent_stale"
        case .agentGone: "agent_gone"
        case .total: "total"
        case .slot: "slot"
        case .clock: "clock"
        case .commandStatus: "command_status"
        case .commandDone: "command_done"
        case .alert: "alert"
        case .standing: "standing"
        case .standingEnd: "standing_end"
        case .unknown(let type): type
        }
    }

    /// Whether `agent` and `instance` on the wire belong to the message instead of the line's
    /// source.
    var namesItsInstance: Bool {
        switch self {
        case .hello, .commandStatus: true
        case .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .ping, .pong, .beat, .bye,
            .welcome,
            .error, .command, .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
            .agentGone, .total, .slot, .clock, .commandDone, .alert, .standing,
            .standingEnd, .unknown:
            false
        }
    }

    /// Writes the message's own fields.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .hello(let hello): hello.write(to: &writer)
        case .strategy(let strategy): strategy.write(to: &writer)
        case .delta(let delta), .total(let delta), .slot(let delta): delta.write(to: &writer)
        case .call(let call): call.write(to: &writer)
        case .breaker(let change): change.write(to: &writer)
        case .limit(let change): change.write(to: &writer)
        case .ack(let ack): ack.write(to: &writer)
        case .lost(let count): writer.field("n", count)
        case .welcome(let version, let beatMS):
            writer.field("v", version)
            writer.field("beat_ms", beatMS)
        case .watch(let version, let figures, let historyMS):
            writer.field("v", version)
            switch figures {
            case .full: break
            case .perSecond: writer.field("by_second", true)
            case .off: writer.field("figures", false)
            }
            writer.field("history_ms", historyMS)
        case .error(let refusal): refusal.write(to: &writer)
        case .command(let command): command.write(to: &writer)
        case .recording(let header): header.write(to: &writer)
        case .keyframe(let lines, let beatMS):
            writer.field("lines", lines)
            writer.field("beat_ms", beatMS)
        case .agentUp(let up): up.write(to: &writer)
        case .agentGone(let why): writer.nonEmpty("why", why)
        case .clock(let jump): writer.field("jump_ms", jump)
        case .commandStatus(let status): status.write(to: &writer)
        case .commandDone(let done): done.write(to: &writer)
        case .alert(let alert): alert.write(to: &writer)
        case .standing(let order): order.write(to: &writer)
        case .standingEnd(let end): end.write(to: &writer)
        case .ping, .pong, .bye, .beat, .keyframeEnd, .agentStale, .unknown: break
        }
    }
}

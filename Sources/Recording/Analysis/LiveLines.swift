import Fleet
public import ResilienceWire

/// Separates the events of a recording from the lines that its keyframes repeat.
public struct LiveLines: Sendable {
    private var isInKeyframe = false

    /// Creates a filter for the start of a recording.
    public init() {}

    /// Whether a line reports an event at its time, and is not part of a keyframe.
    public mutating func isLive(_ line: Line) -> Bool {
        switch line.message {
        case .keyframe:
            isInKeyframe = true
            return false
        case .keyframeEnd:
            isInKeyframe = false
            return false
        case .recording, .hello, .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .ping,
            .pong, .beat,
            .bye,
            .welcome, .error, .watch, .agentUp, .agentStale, .agentGone, .clock, .command,
            .commandStatus, .commandDone, .alert, .standing, .standingEnd, .total, .slot, .unknown:
            return !isInKeyframe
        }
    }
}

extension Line {
    /// The counters in the line and their strategy; `nil` if it has none. Calls shown by `tap` are
    /// left out, because a delta counts them too.
    public var counted: (strategy: String, counters: Counters)? {
        switch message {
        case .delta(let delta): (delta.strategy, delta.counters)
        case .call(let call) where !call.tap: (call.strategy, Counters(call))
        case .call, .hello, .strategy, .breaker, .limit, .ack, .lost, .ping, .pong, .beat, .bye,
            .welcome, .error,
            .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale, .agentGone, .clock,
            .command, .commandStatus, .commandDone, .alert, .standing, .standingEnd, .total, .slot,
            .unknown:
            nil
        }
    }
}

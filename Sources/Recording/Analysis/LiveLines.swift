import Fleet
public import ResilienceWire

/// Tells what happened in a recording from what its keyframes repeat.
public struct LiveLines: Sendable {
    private var isInKeyframe = false

    /// At a recording's beginning.
    public init() {}

    /// Whether a line tells of something that happened then.
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
    /// What it counts, and of which strategy; `nil` where it counts nothing. A call that was shown on
    /// request is counted in a delta too.
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

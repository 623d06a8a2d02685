import Fleet
public import ResilienceWire

/// Separates the events of a recording from the lines that its keyframes repeat.
public struct LiveLines: Sendable {
    private var isInKeyframe = false

    /// Creates a filter for the start of a recording.
    public init() {}

    /// Whether a line reports an event at its time, and is not part of a keyframe.
    public mutating func isLive(_ line: Line) -> Bool {
        if case .keyframe = line.message { isInKeyframe = true }
        defer { if case .keyframeEnd = line.message { isInKeyframe = false } }
        return !isInKeyframe
    }
}

extension Line {
    /// The counters in the line and their strategy; `nil` if it has none. Calls shown by `tap` are
    /// left out, because a delta counts them too.
    public var counted: (strategy: String, counters: Counters)? {
        if case .delta(let delta) = message { return (delta.strategy, delta.counters) }
        if case .call(let call) = message, !call.tap { return (call.strategy, Counters(call)) }
        return nil
    }
}

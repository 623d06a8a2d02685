/// What a hub counts of its own work, since it started.
struct HubCounts: Equatable, Sendable {
    /// Lines from agents.
    var lines = 0
    /// Bytes from agents.
    var bytes = 0
    /// Agents that were disconnected for what they sent, by the code of the refusal.
    var dismissals: [String: Int] = [:]
    /// How often a viewer did not keep up and got a new keyframe in place of lines.
    var resyncs = 0
}

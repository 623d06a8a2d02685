/// The hub's counters of its own work since its start.
struct HubCounts: Equatable, Sendable {
    /// Lines from agents.
    var lines = 0
    /// Bytes from agents.
    var bytes = 0
    /// Agents disconnected because of what they sent, by the code of the refusal.
    var dismissals: [String: Int] = [:]
    /// The number of times that a viewer was too slow and got a new keyframe instead of lines.
    var resyncs = 0
}

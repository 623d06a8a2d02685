/// The hub's counters of its own work since its start.
package struct HubCounts: Equatable, Sendable {
    /// Lines from agents.
    package var lines = 0
    /// Bytes from agents.
    package var bytes = 0
    /// Agents disconnected because of what they sent, by the code of the refusal.
    package var dismissals: [String: Int] = [:]
    /// The number of times that a viewer was too slow and got a new keyframe instead of lines.
    package var resyncs = 0

    package init() {}
}

import Fleet
import ResilienceWire

// Libraries that an agent's client does not support.

extension Hub {
    /// The most libraries that are reported of one agent.
    private static let unsupportedLimit = 16

    /// Publishes an alert about a library, once for each agent.
    func tell(_ library: UnsupportedLibrary, of agent: AgentSession, _ id: InstanceID) {
        let safe = UnsupportedLibrary(
            library: SafeText.sanitise(library.library, maxBytes: 128),
            why: SafeText.sanitise(library.why, maxBytes: 256))
        guard !agent.unsupported.contains(safe), agent.unsupported.count < Self.unsupportedLimit
        else { return }
        agent.unsupported.append(safe)
        publish(alert(about: safe, number: agent.unsupported.count, id, isFiring: true))
    }

    /// Ends the alerts about the libraries of an agent that is gone.
    func endUnsupported(of agent: AgentSession, _ id: InstanceID) {
        for (index, library) in agent.unsupported.enumerated() {
            publish(alert(about: library, number: index + 1, id, isFiring: false))
        }
    }

    private func alert(
        about library: UnsupportedLibrary, number: Int, _ id: InstanceID, isFiring: Bool
    ) -> StreamMessage {
        return .alert(
            Alert(
                id: "library-\(id.instance)-\(number)", rule: Alert.libraryRule, firing: isFiring,
                about: fleet.name(of: id),
                detail: isFiring ? "\(library)" : "the agent is gone"))
    }
}

package import Sockets

/// The hub that a command uses, or several hubs as one.
package struct Hubs: Sendable {
    /// Finds the single hub.
    package let locator: HubLocator
    /// The several hubs, with names; empty if there is a single hub.
    package let several: [(name: String, locator: HubLocator)]

    package init(_ locator: HubLocator, several: [(name: String, locator: HubLocator)] = []) {
        self.locator = locator
        self.several = several
    }

    /// Whether a hub may be on another machine, so that this program must not start one.
    package var isElsewhere: Bool { locator.isElsewhere || !several.isEmpty }

    /// The hubs' names, which prefix the names of agents if there are several hubs.
    package var names: [String] { several.map(\.name) }

    /// Connects in a role. With several hubs, succeeds if at least one answers.
    package func connect(as role: SocketRole) async throws(HubLocator.NoHub) -> (
        HubEndpoint, HubConnection
    ) {
        guard several.isEmpty else {
            let place = HubEndpoint.via(names.joined(separator: ", "))
            return (place, try await FederatedConnection.connect(several, as: role))
        }
        return try await locator.connect(as: role)
    }
}

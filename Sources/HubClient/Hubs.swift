package import Sockets

/// The hub that a command looks at, or several as one.
package struct Hubs: Sendable {
    /// Finds the one.
    package let locator: HubLocator
    /// The several; empty where it is one.
    package let several: [(name: String, locator: HubLocator)]

    package init(_ locator: HubLocator, several: [(name: String, locator: HubLocator)] = []) {
        self.locator = locator
        self.several = several
    }

    /// Whether one may be on another machine: none is started for it here.
    package var isElsewhere: Bool { locator.isElsewhere || !several.isEmpty }

    /// What each agent's name begins with where there are several hubs.
    package var names: [String] { several.map(\.name) }

    /// Connects in a role; to several, where one of them answers.
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

package import HostSupport
package import Sockets

extension Failure {
    /// No hub answers.
    package init(_ error: HubLocator.NoHub) {
        self.init(.noHub, error.description)
    }

    /// A socket, or its directory, cannot be used.
    package init(_ error: SocketError) {
        self.init(.refused, error.description)
    }
}

package import HostSupport
package import Sockets

extension Failure {
    /// Creates the failure for no hub that answers.
    package init(_ error: HubLocator.NoHub) {
        self.init(.noHub, error.description)
    }

    /// Creates the failure for a socket or directory that cannot be used.
    package init(_ error: SocketError) {
        self.init(.refused, error.description)
    }
}

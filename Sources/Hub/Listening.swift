import NIOCore
import Sockets

/// The hub's sockets: where they are, the lock that makes them its own, and what they accept.
struct Listening: ~Copyable {
    let directory: SocketDirectory
    /// `nil` once the hub has stopped.
    private var lock: HubLock?
    /// The sockets that accept connections.
    var servers: [any Channel] = []
    /// The roles whose connections the hub refuses at present.
    var refused = EventAlerts<SocketRole>()
    private var lastPeer = 0

    /// Locks a directory.
    ///
    /// - Throws: ``SocketError`` if another hub holds the lock.
    init(_ directory: SocketDirectory) throws(SocketError) {
        self.directory = directory
        lock = try HubLock(directory)
    }

    /// The number of a new connection.
    mutating func newPeer() -> Int {
        lastPeer += 1
        return lastPeer
    }

    /// Releases the lock of the directory.
    mutating func unlock() { lock = nil }
}

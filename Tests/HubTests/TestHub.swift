import Attach
import Foundation
import Hub
import NIOPosix
import ResilienceWire
import Sockets
import TestSupport

/// A hub in a directory of its own, for one test.
struct TestHub {
    let directory: SocketDirectory
    let hub: Hub

    static func run(_ body: (TestHub) async throws -> Void) async throws {
        let directory = SocketDirectory("/tmp/fb-\(UUID().uuidString.prefix(8))")
        let hub = try Hub(directory, on: MultiThreadedEventLoopGroup.singleton.next())
        try await hub.start()
        let test = TestHub(directory: directory, hub: hub)
        do {
            try await body(test)
        } catch {
            await test.end()
            throw error
        }
        await test.end()
    }

    private func end() async {
        await hub.stop()
        try? FileManager.default.removeItem(atPath: directory.path)
    }

    func connect(_ role: SocketRole) async throws -> HubConnection {
        try await HubConnection.open(directory, as: role)
    }

    /// A viewer that has asked for the stream.
    func viewer(_ role: SocketRole = .view) async throws -> Viewer {
        Viewer(try await connect(role))
    }
}

import Foundation
import Hub
import HubClient
import NIOPosix
import ResilienceWire
import Sockets
import TestSupport

/// A hub in its own directory for one test.
struct TestHub {
    let directory: SocketDirectory
    let hub: Hub

    static func run(_ body: (TestHub) async throws -> Void) async throws {
        let directory = scratch()
        let test = try await start(in: directory)
        do {
            try await body(test)
        } catch {
            await test.hub.stop()
            try? FileManager.default.removeItem(atPath: directory.path)
            throw error
        }
        await test.hub.stop()
        try? FileManager.default.removeItem(atPath: directory.path)
    }

    /// A unique directory name.
    static func scratch() -> SocketDirectory {
        SocketDirectory("/tmp/fb-\(UUID().uuidString.prefix(8))")
    }

    /// Starts a hub. The test must stop it and remove the directory.
    static func start(
        in directory: SocketDirectory, _ options: Hub.Options = Hub.Options()
    ) async throws -> TestHub {
        let hub = try Hub(directory, on: MultiThreadedEventLoopGroup.singleton.next(), options)
        try await hub.start()
        return TestHub(directory: directory, hub: hub)
    }

    func connect(_ role: SocketRole) async throws -> HubConnection {
        try await HubConnection.open(directory, as: role)
    }

    /// A viewer that has asked for the stream.
    func viewer(_ role: SocketRole = .view) async throws -> Viewer {
        Viewer(try await connect(role))
    }
}

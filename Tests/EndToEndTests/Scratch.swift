import Attach
import Foundation
import Sockets
import TestSupport

/// A directory of one test's own, removed with it.
struct Scratch {
    let path: String

    init() throws {
        path = "/tmp/fbe-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The socket directory in it.
    var sockets: SocketDirectory { SocketDirectory(path + "/s") }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Follows the hub in it.
    func viewer() async throws -> Viewer {
        Viewer(try await HubConnection.open(sockets, as: .view))
    }

    /// A headless demo in it, once it answers.
    func demo(_ arguments: String...) throws -> Running {
        let demo = try Running(
            Tool.path, ["demo", "--headless", "--socket-dir", sockets.path] + arguments)
        _ = try demo.output.readLine()
        return demo
    }

    /// A hub in it, once it answers.
    func hub() throws -> Running {
        let hub = try Tool.start("hub", "--socket-dir", sockets.path)
        _ = try hub.output.readLine()
        return hub
    }
}

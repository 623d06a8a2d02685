import Foundation
import HubClient
public import Sockets

/// A directory of one test's own, removed with it.
public struct Scratch: Sendable {
    /// Its path.
    public let path: String

    /// Makes it.
    public init() throws {
        path = "/tmp/fbe-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// Removes it and all in it.
    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The socket directory in it.
    public var sockets: SocketDirectory { SocketDirectory(path + "/s") }

    /// A path in it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes the config of the hub in it; its path.
    public func configure(_ yaml: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: file("config/fusebox"), withIntermediateDirectories: true)
        let path = file("config/fusebox/config.yaml")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Follows the hub in it.
    public func viewer() async throws -> Viewer {
        Viewer(try await HubConnection.open(sockets, as: .view))
    }

    /// A headless demo in it, once it answers.
    public func demo(_ arguments: String...) throws -> Running {
        let demo = try Running(
            Tool.path, ["demo", "--headless", "--socket-dir", sockets.path] + arguments)
        _ = try demo.output.readLine()
        return demo
    }

    /// A hub in it, once it answers.
    ///
    /// - Parameters:
    ///   - wrapper: a program that runs it, with its arguments, such as `prlimit`.
    ///   - tool: the program.
    public func hub(
        _ arguments: String..., under wrapper: [String] = [], tool: String = Tool.path
    ) throws -> Running {
        let command = [tool, "hub", "--socket-dir", sockets.path] + arguments
        let hub = try Running(
            "/usr/bin/env", wrapper + command,
            ["XDG_STATE_HOME": file("state"), "XDG_CONFIG_HOME": file("config")])
        _ = try hub.output.readLine()
        return hub
    }
}

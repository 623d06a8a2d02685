import Foundation
import HubClient
public import Sockets

/// A temporary directory for one test.
public struct Scratch: Sendable {
    /// The directory's path.
    public let path: String

    /// Creates the directory.
    public init() throws {
        path = "/tmp/fbe-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// Removes the directory with its contents.
    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The socket directory inside it.
    public var sockets: SocketDirectory { SocketDirectory(path + "/s") }

    /// Returns the path of a file inside it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes the configuration of the hub and returns the file's path.
    public func configure(_ yaml: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: file("config/fusebox"), withIntermediateDirectories: true)
        let path = file("config/fusebox/config.yaml")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Connects a viewer to the hub of this directory.
    public func viewer() async throws -> Viewer {
        Viewer(try await HubConnection.open(sockets, as: .view))
    }

    /// Starts a headless demo in this directory and waits until it answers.
    public func demo(_ arguments: String...) throws -> Running {
        let demo = try Running(
            Tool.path, ["demo", "--headless", "--socket-dir", sockets.path] + arguments)
        _ = try demo.output.readLine()
        return demo
    }

    /// Starts a hub in this directory and waits until it answers.
    ///
    /// - Parameters:
    ///   - wrapper: a program that runs it, with its arguments, such as `prlimit`.
    ///   - tool: the path of the program.
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

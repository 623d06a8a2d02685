import ArgumentParser
import Attach
import Fleet
import Foundation
import ResilienceWire
import Sockets

/// Where the hub is.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The hub's socket directory, such as /run/user/1000/fusebox.",
            discussion: "Without it: FUSEBOX_SOCKET_DIR, then the usual places.",
            valueName: "dir"))
    var socketDir: String?

    @Option(
        help: ArgumentHelp(
            "A command that reaches a hub elsewhere, such as 'ssh prod fusebox pipe'.",
            valueName: "command"))
    var via: String?

    /// The options as they would be typed.
    var arguments: [String] {
        (socketDir.map { ["--socket-dir", $0] } ?? []) + (via.map { ["--via", $0] } ?? [])
    }

    var locator: HubLocator {
        HubLocator(socketDir, via: via, environment: ProcessInfo.processInfo.environment)
    }

    /// The hub's state, once.
    func fleet() async throws -> Fleet {
        let (_, hub) = try await connect(as: .view)
        defer { hub.close() }
        guard let fleet = try await withTimeout(.seconds(5), { try await FleetSnapshot.read(hub) })
        else { throw Failure(.timedOut, "the hub did not tell its state within 5 s") }
        return fleet
    }

    func connect(as role: SocketRole) async throws -> (HubPlace, HubConnection) {
        do throws(HubLocator.NoHub) {
            return try await locator.connect(as: role)
        } catch {
            throw Failure(error)
        }
    }
}

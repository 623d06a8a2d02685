import ArgumentParser
import Attach
import Sockets

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "One look at every agent and strategy.",
        discussion: """
            Figures are of the last minute. Example:
              fusebox status --json | jq '.agents[].strategies[].s'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let (_, hub) = try await connection.connect(as: .view)
        let answer = try await withTimeout(.seconds(5)) { try await FleetSnapshot.read(hub) }
        guard let fleet = answer else {
            throw Failure(.timedOut, "the hub did not tell its state within 5 s")
        }
        hub.close()
        Console.print(json ? try StatusReport(fleet).json() : StatusTable.text(fleet))
    }
}

import ArgumentParser

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
        let fleet = try await connection.fleet()
        Console.print(json ? try JSONText.line(StatusReport(fleet)) : StatusTable.text(fleet))
    }
}

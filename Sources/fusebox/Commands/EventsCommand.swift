import ArgumentParser
import Dashboard
import DashboardApp
import Fleet
import HostSupport
import HubClient
import ResilienceWire
import Sockets

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Shows events: transitions, commands, alerts.",
        discussion: """
            Without --follow it prints the events that the hub keeps, and ends. Examples:
              fusebox events
              fusebox events --follow --json | jq 'select(.t == "breaker")'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Continue with new events.")
    var follow = false

    @Flag(help: "The lines of the protocol, one JSON object each.")
    var json = false

    func run() async throws {
        let (_, hub) = try await connection.connect(as: .view)
        defer { hub.close() }
        let fleet = try await connection.fleet(of: hub, within: .seconds(5))
        connection.tellSilence(of: hub)
        for line in fleet.journal { try show(line, in: fleet) }
        guard follow else { return }
        let ending = Task {
            _ = await Signals().termination()
            hub.close()
        }
        defer { ending.cancel() }
        // A reader who fell behind, or a hub that comes back, brings a new keyframe: what happened
        // meanwhile stands in its journal.
        var stream = StreamedFleet(fleet)
        for try await batch in hub.batches {
            for line in try batch.decoded() {
                switch stream.take(line) {
                case .none, .history: break
                case .event: try show(line, in: stream.fleet)
                case .snapshot(let before):
                    for line in stream.fleet.news(since: before) {
                        try show(line, in: stream.fleet)
                    }
                }
            }
        }
    }

    /// Prints what happened.
    private func show(_ line: Line, in fleet: Fleet) throws(StandardOutput.Ended) {
        guard let text = EventText.line(line, in: fleet) else { return }
        try StandardOutput.print(json ? JSONText.line(line) : text)
    }
}

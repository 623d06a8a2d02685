import ArgumentParser
import Attach
import Dashboard
import Fleet
import ResilienceWire
import Sockets

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "What happened: transitions, commands, alerts.",
        discussion: """
            Without --follow it prints what the hub still knows, and ends. Examples:
              fusebox events
              fusebox events --follow --json | jq 'select(.t == "breaker")'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Go on with what happens from now on.")
    var follow = false

    @Flag(help: "The lines of the protocol, one JSON object each.")
    var json = false

    func run() async throws {
        let (_, hub) = try await connection.connect(as: .view)
        defer { hub.close() }
        for line in try await FleetSnapshot.read(hub).journal { show(line) }
        guard follow else { return }
        let ending = Task {
            _ = await Signals().termination()
            hub.close()
        }
        defer { ending.cancel() }
        // A reader who fell behind gets a new keyframe: its journal has been shown.
        var isInKeyframe = false
        for try await batch in hub.batches {
            for line in batch {
                if case .keyframe = line.message { isInKeyframe = true }
                if line.message == .keyframeEnd { isInKeyframe = false }
                if !isInKeyframe { show(line) }
            }
        }
    }

    private func show(_ line: Line) {
        guard let text = EventText.line(line) else { return }
        Console.print(json ? JSONText.line(line) : text)
    }
}

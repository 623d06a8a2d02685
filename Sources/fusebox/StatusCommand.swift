import ArgumentParser
import Attach
import Fleet
import ResilienceWire
import Sockets
import Synchronization

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "One look at every agent and strategy.",
        discussion: """
            Figures are of the last minute. Example:
              fusebox status --json | jq '.agents[].strategies[].s'
              fusebox status --follow | jq -c '[.at, .agents[].state]'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "One JSON object.")
    var json = false

    @Flag(help: "One JSON object a second, until it is interrupted or the hub ends.")
    var follow = false

    func run() async throws {
        if follow { return try await watch() }
        let fleet = try await connection.fleet()
        Console.print(json ? try JSONText.line(StatusReport(fleet)) : StatusTable.text(fleet))
    }

    private func watch() async throws {
        let (_, hub) = try await connection.connect(as: .view)
        defer { hub.close() }
        var fleet = try await connection.fleet(
            of: hub, within: .seconds(5), figures: .bySecond)
        let whole = Mutex(fleet)
        let ending = Task {
            _ = await Signals().termination()
            hub.close()
        }
        let printing = Task {
            while !Task.isCancelled {
                Console.print(try JSONText.line(StatusReport(whole.withLock { $0 })))
                try await Task.sleep(for: .seconds(1))
            }
        }
        defer {
            ending.cancel()
            printing.cancel()
        }
        // Of a keyframe that is arriving not a half is told.
        var isWhole = true
        for try await batch in hub.batches {
            for line in try batch.decoded() {
                if case .keyframe = line.message { isWhole = false }
                fleet.apply(line)
                if line.message == .keyframeEnd { isWhole = true }
            }
            if isWhole { whole.withLock { [fleet] in $0 = fleet } }
        }
    }
}

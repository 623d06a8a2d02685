import ArgumentParser
import Dashboard
import DashboardApp
import Fleet
import HostSupport
import HubClient
import ResilienceWire
import Sockets
import Synchronization

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows every agent and strategy once.",
        discussion: """
            Numbers are those of the last minute. Example:
              fusebox status --json | jq '.agents[].strategies[].s'
              fusebox status --follow | jq -c '[.at, .agents[].state]'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "One JSON object.")
    var json = false

    @Flag(help: "One JSON object per second, until it is interrupted or the hub ends.")
    var follow = false

    func run() async throws {
        if follow { return try await watch() }
        let fleet = try await connection.fleet()
        if json {
            try Self.write(StatusReport(fleet))
        } else {
            try StandardOutput.print(StatusTable.text(fleet))
        }
    }

    private static func write(_ report: StatusReport) throws {
        var bytes: [UInt8] = []
        try report.forEachPiece { piece in
            bytes += piece.utf8
            guard bytes.count >= 65_536 else { return }
            try StandardOutput.write(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        try StandardOutput.write(bytes + [UInt8(ascii: "\n")])
    }

    /// The latest state of the stream, shared between the reading and the printing task.
    private final class Told: Sendable {
        let fleet: Mutex<Fleet>
        let time: HubTime
        let isWanted = Atomic(true)

        init(_ fleet: Fleet) {
            self.fleet = Mutex(fleet)
            time = HubTime(fleet.at)
        }
    }

    private func watch() async throws {
        let (_, hub) = try await connection.connect(as: .view)
        defer { hub.close() }
        var stream = StreamedFleet(
            try await connection.fleet(of: hub, within: .seconds(5), detail: .perSecond))
        connection.tellSilence(of: hub)
        let told = Told(stream.fleet)
        let ending = Task {
            _ = await Signals().termination()
            told.isWanted.store(false, ordering: .relaxed)
            hub.close()
        }
        let printing = Task {
            while !Task.isCancelled {
                // The present state is unknown while the hub is silent.
                guard hub.silentMS == nil else {
                    try await Task.sleep(for: .seconds(1))
                    continue
                }
                let report = StatusReport(told.fleet.withLock { $0 }, at: told.time.now)
                do {
                    try Self.write(report)
                } catch {
                    told.isWanted.store(false, ordering: .relaxed)
                    hub.close()
                    throw error
                }
                try? await Task.sleep(for: .seconds(1))
            }
        }
        defer {
            ending.cancel()
            printing.cancel()
        }
        for try await batch in hub.batches {
            for line in try batch.decoded() { stream.take(line) }
            guard stream.isWhole else { continue }
            let fleet = stream.fleet
            told.fleet.withLock { $0 = fleet }
        }
        if told.isWanted.load(ordering: .relaxed) {
            throw Failure(.noHub, "the hub exited, or the connection to it was lost")
        }
        printing.cancel()
        try await printing.value
    }
}

import ArgumentParser
import DashboardApp
import Fleet
import Foundation
import HostSupport
import HubClient
import ResilienceWire
import Sockets

struct TapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tap", abstract: "Shows a strategy's calls one by one, as they end.",
        discussion: """
            The agent sends a line per call for this time, and then stops by itself. Examples:
              fusebox tap planner:pay/stripe --for 30s
              fusebox tap '*:llm/openai' --dry-run
              fusebox tap '*:llm/openai' --yes --json | jq 'select(.end != "ok")'
            """)

    @OptionGroup var options: OrderOptions

    @Option(name: .customLong("for"), help: "How long, 1s to 10m; such as 30s.")
    var duration = DurationValue(milliseconds: 10_000)

    func validate() throws {
        guard (1_000...600_000).contains(duration.milliseconds) else {
            throw ValidationError(
                "--for must be 1s to 10m, not \(Format.duration(duration.milliseconds))")
        }
    }

    func run() async throws {
        let address = try Address(argument: options.address)
        guard let (hub, outcome) = try await options.submit(.tap(forMS: duration.milliseconds))
        else { return }
        defer { hub.close() }
        guard outcome.isTaken else { return try options.report(outcome) }
        for failure in outcome.failures { try options.tell(failure, in: outcome.fleet) }
        options.connection.tellSilence(of: hub)
        let ending = Task {
            let limit = duration.duration
            _ = try? await withTimeout(limit) { await Signals().termination() }
            hub.close()
        }
        defer { ending.cancel() }
        for try await batch in hub.batches {
            for line in try batch.decoded() {
                guard case .call(let call) = line.message, let source = line.source, call.tap,
                    address.includes(source, call.strategy)
                else { continue }
                try StandardOutput.print(
                    options.json
                        ? JSONText.line(line)
                        : Self.text(call, of: outcome.fleet.address(of: source, call.strategy)))
            }
        }
        // Not all of them were shown.
        if let code = outcome.code { throw ExitCode(code.rawValue) }
    }

    static func text(_ call: CallReport, of address: String) -> String {
        let errors = call.errors.isEmpty ? "" : "  " + call.errors.joined(separator: ", ")
        let time = Format.latency(microseconds: Double(call.microseconds))
        let attempts = call.attempts == 1 ? "1 attempt" : "\(call.attempts) attempts"
        return "\(address) \(call.end.rawValue)  \(attempts)  \(time)\(errors)"
    }
}

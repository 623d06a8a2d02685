import ArgumentParser
import DashboardApp
import Fleet
import Foundation
import HostSupport
import HubClient
import ResilienceWire

struct LimitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit", abstract: "Shows and changes the limits of strategies.",
        discussion: """
            A value that is set is pinned: the strategy does not change it until a release. Examples:
              fusebox limit list planner:pay/stripe
              fusebox limit set planner:pay/stripe max_attempts=2 --reason 'vendor down'
              fusebox limit auto planner:pay/stripe max_attempts
            """,
        subcommands: [List.self, Set.self, Auto.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists limits with their values and bounds; all of them without an address.",
            discussion: """
                Examples:
                  fusebox limit list
                  fusebox limit list planner:pay/stripe --json | jq .value
                """)

        @OptionGroup var connection: ConnectionOptions

        @Argument(
            help: "AGENT:STRATEGY, AGENT@INSTANCE:STRATEGY or *:STRATEGY.",
            transform: { SafeText.sanitise($0) })
        var address: String?

        @Flag(help: "One JSON object per limit.")
        var json = false

        func run() async throws {
            let fleet = try await connection.fleet()
            let rows = try LimitRow.all(in: fleet, at: address)
            try StandardOutput.print(json ? try LimitRow.json(rows) : LimitRow.table(rows))
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a limit from the next call on, and pins it.",
            discussion: OrderOptions.examples("limit set", ["planner:pay/stripe max_attempts=2"]))

        @OptionGroup var options: OrderOptions

        @Argument(help: "The limit and its value; such as max_attempts=2.")
        var setting: Setting

        func run() async throws {
            try await options.give(.setLimit(name: setting.name, value: setting.value))
        }
    }

    struct Auto: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Releases a limit: its strategy controls it again.",
            discussion: OrderOptions.examples("limit auto", ["planner:pay/stripe max_attempts"]))

        @OptionGroup var options: OrderOptions

        @Argument(
            help: "The limit; such as max_attempts.", transform: { SafeText.sanitise($0) })
        var name: String

        func run() async throws {
            try await options.give(.setLimit(name: name, value: nil))
        }
    }

    /// `NAME=VALUE`.
    struct Setting: ExpressibleByArgument {
        let name: String
        let value: Double

        init?(argument: String) {
            let parts = argument.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = Double(parts[1]), value.isFinite else { return nil }
            name = SafeText.sanitise(String(parts[0]))
            self.value = value
        }
    }
}

/// A limit of a strategy at an instance.
private struct LimitRow: Encodable {
    let agent: String
    let instance: String
    let s: String
    let name: String
    let value: Double
    let min: Double?
    let max: Double?
    let unit: String?
    let by: String
    let pinned: Bool
    /// The address that commands accept for this row, without the instance.
    let address: String

    /// All but the address, which the other fields have.
    enum CodingKeys: String, CodingKey {
        case agent, instance, s, name, value, min, max, unit, by, pinned
    }

    static func all(in fleet: Fleet, at text: String?) throws -> [LimitRow] {
        guard let text else {
            return fleet.agents.values.filter { $0.state != .gone }.sorted { $0.id < $1.id }
                .flatMap { agent in
                    agent.strategies.values.sorted { $0.name < $1.name }
                        .flatMap { rows($0, of: agent.id, in: fleet) }
                }
        }
        let address = try Address(argument: text)
        switch fleet.resolve(address) {
        case .nothing(let detail): throw Failure(.notFound, "\(text): \(detail)")
        case .found(let instances):
            return instances.flatMap { id in
                fleet.agents[id]?.strategies[address.strategy].map { rows($0, of: id, in: fleet) }
                    ?? []
            }
        }
    }

    private static func rows(
        _ strategy: StrategyRecord, of id: InstanceID, in fleet: Fleet
    ) -> [LimitRow] {
        let address = fleet.address(of: id, strategy.name)
        return strategy.limits.map {
            LimitRow(
                agent: id.agent, instance: id.instance.description, s: strategy.name, name: $0.name,
                value: $0.value, min: $0.min, max: $0.max, unit: $0.unit, by: $0.by.rawValue,
                pinned: $0.pinned, address: address)
        }
    }

    static func json(_ rows: [LimitRow]) throws -> String {
        try rows.map { try JSONText.line($0) }.joined(separator: "\n")
    }

    static func table(_ rows: [LimitRow]) -> String {
        guard !rows.isEmpty else { return "no limits" }
        return TextTable.text(
            header: ["ADDRESS", "LIMIT", "VALUE", "BOUNDS", "UNIT", "BY"],
            rows.map { row in
                let bounds = [row.min, row.max].map { $0.map(Format.number) ?? "-" }
                return [
                    row.address, row.name,
                    Format.number(row.value), bounds.joined(separator: " to "), row.unit ?? "-",
                    row.pinned ? "\(row.by), pinned" : row.by,
                ]
            })
    }
}

import ArgumentParser
import DashboardApp
import Fleet
import HostSupport
import ResilienceWire

struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Shows the alerts that fire.",
        discussion: """
            Rules, silences and commands to run are in ~/.config/fusebox/config.yaml. Example:
              fusebox alerts --json | jq -r '.alerts[].about'
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let fleet = try await connection.fleet()
        try StandardOutput.print(json ? try JSONText.line(AlertsReport(fleet)) : Self.table(fleet))
    }

    private static func table(_ fleet: Fleet) -> String {
        guard !fleet.alerts.isEmpty else { return "no alerts" }
        let rows = fleet.alerts.map { one in
            let state = one.alert.silence.map { silence in
                let rest = Format.duration(max(0, silence.until - fleet.at))
                return "silenced \(rest): \(silence.reason)"
            }
            return [
                Format.duration(max(0, fleet.at - one.since)), one.alert.rule, one.alert.about,
                state ?? "firing", one.alert.detail,
            ]
        }
        return TextTable.text(header: ["FOR", "RULE", "ABOUT", "STATE", "DETAIL"], rows)
    }
}

/// The JSON object that `alerts --json` prints.
struct AlertsReport: Encodable {
    let v = 1
    let at: Int64
    let alerts: [One]

    struct One: Encodable {
        let id: String
        let rule: String
        let about: String
        let detail: String
        let since: Int64
        let silenced_until: Int64?
        let silence: String?
    }

    init(_ fleet: Fleet) {
        at = fleet.at
        alerts = fleet.alerts.map { one in
            One(
                id: one.alert.id, rule: one.alert.rule, about: one.alert.about,
                detail: one.alert.detail, since: one.since,
                silenced_until: one.alert.silence?.until, silence: one.alert.silence?.reason)
        }
    }
}

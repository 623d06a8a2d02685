package import Dashboard
package import Fleet
import Foundation
package import HostSupport
package import Settings
package import Sockets

/// `config.yaml`: what a user wants of a hub and of the dashboard. What is not in it is as it is without a file.
package struct Config: Equatable {
    package var alerts = AlertRules.standard
    /// Where metrics are served; nowhere unless it stands there.
    package var metrics: MetricsAddress?
    /// How far apart Prometheus scrapes are at most.
    package var scrapeInterval = Duration.seconds(15)
    /// How many bytes a dashboard keeps on the disk of what has passed.
    package var pastBytes = RewindBuffer.bytes
    /// Pages about strategies, for the dashboard's details.
    package var runbooks: [Runbook] = []
    /// The dashboard's theme; `default` unless it stands there.
    package var theme: ThemeChoice?

    /// All that may stand in it.
    package static let keys = [
        "alerts", "metrics", "past", "runbooks", "scrape", "silences", "theme",
    ]

    /// Where it is: `$XDG_CONFIG_HOME/fusebox/config.yaml`, of the hub of the system in `/etc`.
    package static func path(isSystem: Bool) -> String {
        if isSystem { return "/etc/fusebox/config.yaml" }
        return "\(ConfigDirectory.path)/config.yaml"
    }

    /// Reads the file; without one everything is as it is from the start.
    package static func load(_ path: String) throws(Failure) -> Config {
        let bytes: [UInt8]
        do throws(InputFile.Refused) {
            bytes = try InputFile.read(path)
        } catch {
            if error == .missing { return Config() }
            throw Failure(.refused, "cannot read \(path): \(error)")
        }
        guard let yaml = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.refused, "\(path):1: not text: expected UTF-8")
        }
        do throws(SettingsError) {
            return try Config(yaml: yaml, file: path)
        } catch {
            throw Failure(.refused, error.description)
        }
    }

    package init() {}

    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: its name, for errors.
    package init(yaml: String, file: String) throws(SettingsError) {
        guard let root = try Setting.read(yaml: yaml, file: file, as: "config") else { return }
        let entries = try root.entries(Self.keys)
        if let list = entries["alerts"] {
            alerts.rules = try AlertRule.list(list)
        }
        metrics = try entries["metrics"].map { (entry) throws(SettingsError) in
            try MetricsAddress(entry)
        }
        if let entry = entries["scrape"] {
            scrapeInterval = .milliseconds(try entry.milliseconds(atLeast: 100))
        }
        if let entry = entries["past"] {
            pastBytes = try entry.value("a size such as 512MB") {
                ByteCount(argument: $0)?.bytes
            }
        }
        if let list = entries["runbooks"] {
            for item in try list.items() { runbooks.append(try Runbook(item)) }
        }
        theme = try entries["theme"].map { (entry) throws(SettingsError) in
            ThemeChoice(name: try entry.word(), file: file, line: entry.line)
        }
        if let list = entries["silences"] {
            for item in try list.items() { alerts.silences.append(try AlertSilence(item)) }
        }
    }
}

extension MetricsAddress {
    fileprivate init(_ setting: Setting) throws(SettingsError) {
        self = try setting.value(Self.expected) { MetricsAddress($0) }
    }
}

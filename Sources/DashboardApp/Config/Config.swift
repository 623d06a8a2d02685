package import Dashboard
package import Fleet
import Foundation
package import HostSupport
package import Settings
package import Sockets

/// `config.yaml`: the user's settings for hubs and the dashboard. A missing key has its default value.
package struct Config: Equatable {
    package var alerts = AlertRules.standard
    /// The address of the Prometheus endpoint; `nil` serves no metrics.
    package var metrics: MetricsAddress?
    /// The longest interval between two scrapes by Prometheus.
    package var scrapeInterval = Duration.seconds(15)
    /// How long a hub keeps lines of its audit log.
    package var auditKeep = Duration.seconds(90 * 86_400)
    /// The size limit of the rewind buffer on disk, in bytes.
    package var pastBytes = RewindBuffer.bytes
    /// The runbook links that the detail pane shows.
    package var runbooks: [Runbook] = []
    /// The theme of the dashboard; `nil` for the default theme.
    package var theme: ThemeChoice?

    /// All keys of the file.
    package static let keys = [
        "alerts", "audit_keep", "metrics", "past", "runbooks", "scrape", "silences", "theme",
    ]

    /// The path of the file: `$XDG_CONFIG_HOME/fusebox/config.yaml`, or in `/etc/fusebox` for the system's hub.
    package static func path(isSystem: Bool) -> String {
        if isSystem { return "/etc/fusebox/config.yaml" }
        return "\(ConfigDirectory.path)/config.yaml"
    }

    /// Reads the file; a missing file gives the defaults.
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
    ///   - yaml: the content of the file.
    ///   - file: the name of the file, for error messages.
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
        if let entry = entries["audit_keep"] {
            auditKeep = .milliseconds(try entry.milliseconds(atLeast: 86_400_000))
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

import ArgumentParser
import Hub
import Settings

// Where metrics are served, on the command line and in config.yaml.

extension MetricsAddress {
    /// Reads `--metrics`.
    static func argument(_ text: String) throws -> MetricsAddress {
        guard let address = MetricsAddress(text) else {
            throw ValidationError("'\(text)' is no address; expected \(expected)")
        }
        return address
    }

    /// Reads `metrics:`.
    init(_ setting: Setting) throws(SettingsError) {
        self = try setting.value(Self.expected) { MetricsAddress($0) }
    }
}

import Foundation

/// Where this user's wishes are: `$XDG_CONFIG_HOME/fusebox`.
enum ConfigDirectory {
    static var path: String {
        let environment = ProcessInfo.processInfo.environment
        let config = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return "\(config ?? "\(environment["HOME"] ?? "/tmp")/.config")/fusebox"
    }
}

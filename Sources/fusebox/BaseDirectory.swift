import Foundation

/// Where a user's files are by the XDG Base Directory Specification.
enum BaseDirectory {
    /// What a variable says, such as `XDG_STATE_HOME`, else a place in the home directory.
    static func path(_ variable: String, else place: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        let wished = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        return wished ?? "\(environment["HOME"] ?? "/tmp")/\(place)"
    }
}

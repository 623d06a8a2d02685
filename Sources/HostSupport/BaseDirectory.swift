import Glibc

/// Finds a user's directories by the XDG Base Directory Specification.
package enum BaseDirectory {
    /// The path in a variable such as `XDG_STATE_HOME`, or else a place in the home directory.
    package static func path(_ variable: String, else place: String) -> String {
        environment(variable) ?? "\(environment("HOME") ?? "/tmp")/\(place)"
    }

    /// The value of an environment variable; `nil` if it is not set, or empty.
    package static func environment(_ variable: String) -> String? {
        getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

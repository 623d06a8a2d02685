import Foundation
import Hub
import Sockets

/// Where this user's fusebox keeps what outlives it: `$XDG_STATE_HOME/fusebox`.
enum StateDirectory {
    static var path: String {
        BaseDirectory.path("XDG_STATE_HOME", else: ".local/state") + "/fusebox"
    }

    /// Where the hub of the system keeps what outlives it; systemd may name another place.
    static var system: String {
        ProcessInfo.processInfo.environment["STATE_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
            ?? "/var/lib/fusebox"
    }

    /// Makes the directory, for this user alone.
    static func create() throws(Failure) -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(.refused, "cannot make \(path): \(error.localizedDescription)")
        }
        return path
    }
}

import Glibc

/// Where this user's fusebox keeps what outlives it: `$XDG_STATE_HOME/fusebox`.
package enum StateDirectory {
    package static var path: String {
        BaseDirectory.path("XDG_STATE_HOME", else: ".local/state") + "/fusebox"
    }

    /// Where the hub of the system keeps what outlives it; systemd may name another place.
    package static var system: String {
        BaseDirectory.environment("STATE_DIRECTORY") ?? "/var/lib/fusebox"
    }

    /// Makes the directory, for this user alone.
    package static func create() throws(Failure) -> String {
        let path = path
        PrivateFile.makeDirectory(path)
        var status = stat()
        let isThere = stat(path, &status) == 0
        guard isThere, status.st_mode & S_IFMT == S_IFDIR else {
            let why = String(cString: strerror(isThere ? ENOTDIR : errno))
            throw Failure(.refused, "cannot make \(path): \(why)")
        }
        return path
    }
}

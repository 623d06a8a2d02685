import Glibc

/// The directory of this user's persistent state: `$XDG_STATE_HOME/fusebox`.
package enum StateDirectory {
    package static var path: String {
        BaseDirectory.path("XDG_STATE_HOME", else: ".local/state") + "/fusebox"
    }

    /// The directory of the system hub's state. systemd may set another one.
    package static var system: String {
        BaseDirectory.environment("STATE_DIRECTORY") ?? "/var/lib/fusebox"
    }

    /// Creates the directory for this user only and returns its path.
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

public import Glibc

/// Starts programs in the background: in their own session, without a terminal, with their output
/// in a file.
public enum BackgroundProcess {
    /// The error for a program that could not be started.
    public struct Failed: Error, Sendable, CustomStringConvertible {
        /// What failed, and why.
        public let description: String

        /// Creates the error from a message.
        public init(description: String) {
            self.description = description
        }
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - log: the file for its standard output and error. Created with mode 0600, or appended to.
    ///   - environment: variables to set in addition to the present ones.
    ///   - isSession: whether it gets its own session and outlives this terminal.
    /// - Returns: its process id.
    public static func start(
        _ program: String, _ arguments: [String], log: String,
        environment: [String: String] = [:], isSession: Bool = true
    ) throws(Failed) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        return try spawn(program, arguments, &actions, environment, isSession: isSession)
    }

    /// The exit status of a process that this process started, without waiting. `nil` while it
    /// runs. A signal counts as 128 plus its number.
    public static func status(of pid: Int32) -> Int32? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let number = status & 0x7F
        return number == 0 ? (status >> 8) & 0xFF : 128 + number
    }

    /// Starts a program with the given file actions. It inherits no other open files.
    ///
    /// - Parameter isSession: whether it leads its own session and process group.
    /// - Returns: its process id.
    public static func spawn(
        _ program: String, _ arguments: [String], _ actions: inout posix_spawn_file_actions_t,
        _ environment: [String: String] = [:], isSession: Bool = false
    ) throws(Failed) -> Int32 {
        keepOpenFilesToOneself()
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Resets signals that this process ignores or blocks to their defaults.
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        let session = isSession ? newSession : 0
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | session))

        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        argv.append(nil)
        var envp = variables(with: environment)
        envp.append(nil)
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, &actions, &attributes, argv, envp)
        guard result == 0 else {
            throw Failed(
                description: "cannot start \(program): \(String(cString: strerror(result)))")
        }
        return pid
    }

    /// Marks all open files as close-on-exec. An inherited file would stay open as long as the
    /// child lives.
    private static func keepOpenFilesToOneself() {
        guard let folder = opendir("/proc/self/fd") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    /// The value of `POSIX_SPAWN_SETSID`, which glibc does not export to Swift.
    private static let newSession: Int32 = 0x80

    private static func variables(
        with added: [String: String]
    ) -> [UnsafeMutablePointer<CChar>?] {
        var result: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let entry = next.pointee {
            let name = String(cString: entry).prefix { $0 != "=" }
            if added[String(name)] == nil { result.append(strdup(entry)) }
            next += 1
        }
        return result + added.map { strdup("\($0.key)=\($0.value)") }
    }
}

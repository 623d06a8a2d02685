import Glibc
import HostSupport
import ResilienceWire

/// A running command of an alert rule: a shell in its own session, with the alert's line as
/// standard input.
///
/// The shell sets the limit of open files and then executes the rule's command. Data from agents is
/// only in the standard input, so the shell never interprets it.
struct AlertCommand {
    let pid: Int32

    /// Starts a command. Its output goes to the hub's standard error.
    ///
    /// - Parameter openFiles: its soft limit of open files; `nil` for that of the hub.
    init(
        _ command: String, _ line: Line, openFiles: Int?
    ) throws(BackgroundProcess.Failed) {
        var bytes: [UInt8] = []
        line.encode(into: &bytes)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failed("make a pipe for") }
        defer { for end in ends { close(end) } }
        // A pipe accepts at least one page, and an alert's line is shorter, so this write never
        // blocks.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        guard write(ends[1], bytes, bytes.count) == bytes.count else {
            throw Self.failed("pass the alert to")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        let script = (openFiles.map { "ulimit -S -n \($0)\n" } ?? "") + command
        pid = try BackgroundProcess.spawn("/bin/sh", ["-c", script], &actions, isSession: true)
    }

    private static func failed(_ what: String) -> BackgroundProcess.Failed {
        BackgroundProcess.Failed(
            description: "cannot \(what) the command: \(String(cString: strerror(errno)))")
    }

    /// Waits until the shell exits, but does not reap it. The process id stays in use, so that
    /// ``kill()`` cannot hit another process.
    func waitForEnd() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    }

    /// Kills the shell and every process in its process group.
    func kill() {
        _ = Glibc.kill(-pid, SIGKILL)
    }

    /// Reaps the shell and releases its process id.
    ///
    /// - Returns: why the command failed; `nil` if it succeeded or still runs.
    func failure() -> String? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid, status != 0 else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? "exit status \(status >> 8 & 0xff)" : "signal \(signal)"
    }
}

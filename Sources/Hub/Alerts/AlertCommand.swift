import Glibc
import HostSupport
import ResilienceWire

/// A running command of an alert rule: a shell in a session of its own that reads the alert's line.
///
/// The line that the shell carries out is the rule's, word for word. What an agent sent is in the
/// standard input only, which no shell looks at.
struct AlertCommand {
    let pid: Int32

    /// Starts a command. What it prints goes where the hub's own errors go.
    init(_ command: String, _ line: Line) throws(BackgroundProcess.Failed) {
        var bytes: [UInt8] = []
        line.encode(into: &bytes)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failed("make a pipe for") }
        defer { for end in ends { close(end) } }
        // A pipe takes a page at once, and an alert's line is shorter; nobody ever waits here.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        guard write(ends[1], bytes, bytes.count) == bytes.count else {
            throw Self.failed("pass the alert to")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        pid = try BackgroundProcess.spawn("/bin/sh", ["-c", command], &actions, isSession: true)
    }

    private static func failed(_ what: String) -> BackgroundProcess.Failed {
        BackgroundProcess.Failed(
            description: "cannot \(what) the command: \(String(cString: strerror(errno)))")
    }

    /// Waits for the end and leaves the process id taken, so that ``kill()`` cannot hit another.
    func waitForEnd() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    }

    /// Ends it with all that it started.
    func kill() {
        _ = Glibc.kill(-pid, SIGKILL)
    }

    /// Why it failed, once it has ended; `nil` where it did not. Gives the process id back.
    func failure() -> String? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid, status != 0 else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? "exit status \(status >> 8 & 0xff)" : "signal \(signal)"
    }
}

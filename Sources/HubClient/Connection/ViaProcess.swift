import Glibc
import HostSupport
import ResilienceWire

/// A command that reaches a hub elsewhere, such as `ssh prod fusebox pipe`. It runs in a shell. Its
/// standard input and output carry the protocol; its standard error is kept.
final class ViaProcess: Sendable {
    let pid: Int32
    /// The pipe ends to the command's standard input and from its output. The user of this type
    /// closes them.
    let input: Int32
    let output: Int32
    private let errors: Int32

    /// Starts a command with a role as its last argument.
    init(_ command: String, _ role: String) throws(BackgroundProcess.Failed) {
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0, let words = tmpfile() else {
            throw BackgroundProcess.Failed(
                description: "cannot make pipes: \(String(cString: strerror(errno)))")
        }
        defer { fclose(words) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        posix_spawn_file_actions_adddup2(&actions, fileno(words), 2)
        defer {
            close(toChild[0])
            close(fromChild[1])
        }
        // The command is the user's own shell line; the role is passed as an argument.
        do {
            pid = try BackgroundProcess.spawn(
                "/bin/sh", ["-c", "exec \(command) \"$1\"", "sh", role], &actions)
        } catch {
            close(toChild[1])
            close(fromChild[0])
            throw error
        }
        input = toChild[1]
        output = fromChild[0]
        errors = dup(fileno(words))
    }

    deinit {
        close(errors)
    }

    /// The last three lines of its standard error, made safe to show.
    var words: String {
        var buffer = [UInt8](repeating: 0, count: 1_024)
        let size = lseek(errors, 0, SEEK_END)
        let count = pread(errors, &buffer, buffer.count, max(0, size - off_t(buffer.count)))
        guard count > 0 else { return "" }
        let lines = String(decoding: buffer[..<count], as: UTF8.self).split(
            whereSeparator: \.isNewline)
        return lines.suffix(3).map {
            SafeText.sanitise(String($0.trimmingPrefix(while: \.isWhitespace)))
        }.joined(separator: "; ")
    }

    /// Ends the command and waits until it is gone.
    func end() {
        kill(pid, SIGTERM)
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }
}

import Dashboard
import Foundation
import HostSupport
import Synchronization

/// Records the dashboard's hub in a process of its own.
///
/// A slow disk delays only the recording. The recording continues when the dashboard ends or loses its terminal.
package final class Recorder: Sendable {
    private struct Running {
        let recording: DetachedRecording
        /// Whether it was asked to stop.
        var isEnding = false
    }

    private let arguments: [String]
    private let directory: String
    private let running = Mutex<Running?>(nil)

    /// - Parameters:
    ///   - arguments: the command-line options that select the hub.
    ///   - directory: the directory of the files that describe detached recordings.
    package init(_ arguments: [String], in directory: String = StateDirectory.path) {
        self.arguments = arguments
        self.directory = directory
    }

    /// Takes over a recording of this hub that an earlier dashboard started.
    package func adopt(_ mailbox: Mailbox) {
        guard let recording = DetachedRecording.running(arguments, in: directory) else { return }
        running.withLock { $0 = Running(recording: recording) }
        Thread.detachNewThread {
            while let present = recording.present(in: self.directory) {
                mailbox.post(
                    .recording(
                        RecordingStatus(
                            since: present.since, bytes: present.bytes, lost: present.lost,
                            isStopped: present.isStopped)))
                Thread.sleep(forTimeInterval: 1)
            }
            self.running.withLock { $0 = nil }
            recording.forget(in: self.directory)
            mailbox.post(.recording(nil))
            mailbox.post(.notice("the recording into \(recording.path) has ended"))
        }
    }

    /// A message about the recording that continues after the dashboard ends; `nil` without one.
    package var farewell: String? {
        running.withLock { $0 }.flatMap {
            $0.isEnding
                ? nil
                : "the recording into \($0.recording.path) continues; 'record stop' in the next "
                    + "dashboard or 'kill -INT \($0.recording.pid)' ends it"
        }
    }

    /// Starts a recording. Its status goes to the mailbox.
    package func start(_ path: String, _ mailbox: Mailbox) {
        let path = URL(fileURLWithPath: (path as NSString).expandingTildeInPath).path
        do {
            let output = try running.withLock { running throws -> Int32? in
                guard running == nil else { return nil }
                let (pid, output) = try record(into: path)
                let recording = DetachedRecording(
                    pid: pid, path: path, arguments: arguments,
                    since: Int64(Date().timeIntervalSince1970 * 1_000))
                recording.keep(in: directory)
                running = Running(recording: recording)
                return output
            }
            guard let output else {
                return mailbox.post(
                    .notice("a recording is already running; 'record stop' ends it"))
            }
            // It blocks most of the time, so it has a thread of its own.
            Thread.detachNewThread { self.follow(output, mailbox) }
        } catch {
            mailbox.post(.notice("cannot record: \(error)"))
        }
    }

    /// Stops the recording.
    package func stop(_ mailbox: Mailbox) {
        let isRunning = running.withLock { running in
            guard let recording = running?.recording else { return false }
            running?.isEnding = true
            if recording.isRunning { kill(recording.pid, SIGINT) }
            return true
        }
        if !isRunning { mailbox.post(.notice("no recording is running")) }
    }

    /// Starts its process.
    ///
    /// - Returns: the process id, and the pipe that its progress and messages are read from.
    private func record(into path: String) throws -> (pid: Int32, output: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure(.refused, "cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[1]) }
        // A suspended dashboard does not read the pipe. It then loses reports, but no recorded lines.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        do {
            let pid = try BackgroundProcess.spawn(
                try Program.path(),
                ["record"] + arguments + ["--json", "--lasting", directory, "--", path], &actions,
                isSession: true)
            return (pid, ends[0])
        } catch {
            close(ends[0])
            throw error
        }
    }

    private func follow(_ output: Int32, _ mailbox: Mailbox) {
        guard let stream = fdopen(output, "r") else { return }
        defer { fclose(stream) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, stream) > 0, let line {
            let text = String(cString: line)
            if let told = try? JSONDecoder().decode(RecordingProgress.self, from: Data(text.utf8)) {
                mailbox.post(
                    .recording(
                        RecordingStatus(
                            since: told.since, bytes: told.bytes, lost: told.lost,
                            isStopped: told.isStopped)))
            } else {
                let words = text.trimmingCharacters(in: .whitespacesAndNewlines)
                mailbox.post(.notice(String(words.trimmingPrefix("fusebox: "))))
            }
        }
        // Waits without reaping. The process is reaped below inside the lock, so that no other thread can signal a
        // process id that is in use again.
        if let pid = running.withLock({ $0?.recording.pid }) {
            var end = siginfo_t()
            while waitid(P_PID, id_t(pid), &end, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        }
        running.withLock { running in
            if let recording = running?.recording {
                waitpid(recording.pid, nil, 0)
                recording.forget(in: directory)
            }
            running = nil
        }
        mailbox.post(.recording(nil))
    }
}

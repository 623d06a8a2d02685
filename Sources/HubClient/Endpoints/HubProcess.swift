import Glibc
import HostSupport
package import Sockets

/// Starts and stops a hub in its own process.
package enum HubProcess {
    /// Starts a hub in the background and waits until it answers. Does nothing if one already runs.
    ///
    /// - Parameter options: additional arguments for its command line.
    package static func start(_ directory: SocketDirectory, options: [String] = []) async throws {
        if (try? await HubConnection.open(directory, as: .view).close()) != nil { return }
        let log = try StateDirectory.create() + "/hub.log"
        let program = try Program.path()
        let begin = LogWords.end(of: log)
        let pid: Int32
        do throws(BackgroundProcess.Failed) {
            pid = try BackgroundProcess.start(
                program,
                ["hub", "--socket-dir", directory.path, "--idle-exit", "10m"] + options, log: log)
        } catch {
            throw Failure(.refused, error.description)
        }
        let answers: Bool? = try await withTimeout(.seconds(5)) {
            var status: Int32?
            while (try? await HubConnection.open(directory, as: .view).close()) == nil {
                try await Task.sleep(for: .milliseconds(20))
                status = status ?? BackgroundProcess.status(of: pid)
                // Another hub may own the directory and answer soon.
                guard let status, HubLock.owner(of: directory) == nil else { continue }
                let words = LogWords.since(begin, in: log)
                throw Failure(
                    Failure.Code(rawValue: status) ?? .refused,
                    words.isEmpty
                        ? "the hub exited at once with status \(status), without a message in \(log)"
                        : words)
            }
            return true
        }
        guard answers == true else {
            throw Failure(.noHub, "the hub did not answer within 5 s; see \(log)")
        }
    }

    /// Ends the hub of a directory and waits until it is gone.
    package static func stop(_ directory: SocketDirectory) async throws {
        // In another user's directory, that user could choose the process id that gets the signal.
        do throws(SocketError) {
            try SocketDirectory.checkPrivate(directory.path)
        } catch {
            if case .missing = error { throw Failure(.noHub, "no hub owns \(directory)") }
            throw Failure(error)
        }
        guard let pid = HubLock.owner(of: directory) else {
            throw Failure(.noHub, "no hub owns \(directory)")
        }
        kill(pid, SIGTERM)
        let ended: Bool? = try await withTimeout(.seconds(5)) {
            while HubLock.owner(of: directory) != nil {
                try await Task.sleep(for: .milliseconds(20))
            }
            return true
        }
        guard ended == true else {
            throw Failure(.timedOut, "the hub (pid \(pid)) did not exit within 5 s of SIGTERM")
        }
    }
}

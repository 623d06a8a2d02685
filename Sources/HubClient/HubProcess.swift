import Glibc
import HostSupport
package import Sockets

/// A hub in a process of its own.
package enum HubProcess {
    /// Starts one in the background and returns when it answers; one that runs already will do.
    ///
    /// - Parameter options: more words for its command line.
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
                // Another that owns the directory may be about to answer.
                guard let status, HubLock.owner(of: directory) == nil else { continue }
                let words = LogWords.since(begin, in: log)
                throw Failure(
                    Failure.Code(rawValue: status) ?? .refused,
                    words.isEmpty
                        ? "the hub ended at once, with \(status) and no word in \(log)" : words)
            }
            return true
        }
        guard answers == true else {
            throw Failure(.noHub, "the hub did not answer within 5 s; its words are in \(log)")
        }
    }

    /// Ends the hub of a directory and returns when it is gone.
    package static func stop(_ directory: SocketDirectory) async throws {
        // In another's directory the process id would be theirs to choose.
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
            throw Failure(.timedOut, "the hub (pid \(pid)) did not end within 5 s")
        }
    }
}

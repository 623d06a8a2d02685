import Glibc
package import HostSupport
import Sockets

/// The Python agent of the demo, which is part of the Python client.
package struct PythonDemo: Sendable {
    private static let module = ["-m", "fusebox_agent.demo"]
    /// The interpreter: a path, or a name to look up in `PATH`.
    private let python: String

    /// - Throws: ``Failure`` if the interpreter, or a package that the agent needs, is missing.
    package init(environment: [String: String]) throws(Failure) {
        python = environment["FUSEBOX_PYTHON"] ?? "python3"
        let log = "/tmp/fusebox-python-\(getpid())"
        defer { unlink(log) }
        let pid: Int32
        do throws(BackgroundProcess.Failed) {
            pid = try BackgroundProcess.start(
                "/usr/bin/env", [python] + Self.module + ["--check"], log: log, isSession: false)
        } catch {
            throw Failure(.refused, "cannot run \(python): \(error)")
        }
        var status: Int32 = 0
        guard waitpid(pid, &status, 0) == pid, status == 0 else {
            let said = LogWords.since(0, in: log)
            throw Failure(
                .refused,
                """
                \(said.split(separator: "\n").last ?? "\(python) failed")
                The agent in Python needs fusebox_agent with its demo: \
                'pip install "./Clients/python[demo]"', or name another interpreter in FUSEBOX_PYTHON.
                """)
        }
    }

    /// Starts the agent.
    ///
    /// - Returns: its process id.
    func start(
        _ directory: SocketDirectory, seed: UInt64, parent: Int32
    ) throws(BackgroundProcess.Failed) -> Int32 {
        try BackgroundProcess.start(
            "/usr/bin/env",
            [python] + Self.module + ["--seed", "\(seed)", "--parent", "\(parent)"],
            log: "/dev/null",
            environment: ["FUSEBOX_SOCKET": directory.socket(.agent), "FUSEBOX_AGENT": "pyagent"],
            isSession: false)
    }
}

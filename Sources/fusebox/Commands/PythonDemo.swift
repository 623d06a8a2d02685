import Foundation
import HostSupport
import Sockets

/// The demo's agent in Python, which comes with the client for Python.
struct PythonDemo {
    private static let module = ["-m", "fusebox_agent.demo"]
    /// The interpreter: a path, or a name that `PATH` leads to.
    private let python: String

    /// - Throws: ``Failure`` where the interpreter is missing, or has not got what the agent needs.
    init(environment: [String: String]) throws(Failure) {
        python = environment["FUSEBOX_PYTHON"] ?? "python3"
        let check = Process()
        let words = Pipe()
        check.executableURL = URL(filePath: "/usr/bin/env")
        check.arguments = [python] + Self.module + ["--check"]
        check.standardInput = FileHandle.nullDevice
        check.standardOutput = FileHandle.nullDevice
        check.standardError = words
        do {
            try check.run()
        } catch {
            throw Failure(.refused, "cannot run \(python): \(error.localizedDescription)")
        }
        let said = String(decoding: words.fileHandleForReading.availableData, as: UTF8.self)
        check.waitUntilExit()
        guard check.terminationStatus == 0 else {
            throw Failure(
                .refused,
                """
                \(said.split(separator: "\n").last ?? "\(python) failed")
                The agent in Python needs fusebox_agent with its demo: \
                'pip install "./Clients/python[demo]"', or name another interpreter in FUSEBOX_PYTHON.
                """)
        }
    }

    /// Starts it; its process id.
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

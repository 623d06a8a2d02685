import Foundation
import HostSupport
import Sockets

/// The Python agent of the demo, which is part of the Python client.
struct PythonDemo {
    private static let module = ["-m", "fusebox_agent.demo"]
    /// The interpreter: a path, or a name to look up in `PATH`.
    private let python: String

    /// - Throws: ``Failure`` if the interpreter, or a package that the agent needs, is missing.
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

import Sockets
import TestSupport

extension Scratch {
    /// Starts an agent without the library: it sends the given lines and stays connected until it
    /// is killed.
    ///
    /// - Parameter lines: Python dictionaries, each followed by a comma.
    func rawAgent(saying lines: String) throws -> Running {
        let script = """
            import json, socket, sys
            hub = socket.socket(socket.AF_UNIX); hub.connect(sys.argv[1])
            for line in [\(lines)]:
                hub.sendall(json.dumps(line).encode() + b"\\n")
            hub.recv(1000); sys.stdin.read(); hub.recv(1000)
            """
        return try Running("/usr/bin/env", ["python3", "-c", script, sockets.socket(.agent)])
    }
}

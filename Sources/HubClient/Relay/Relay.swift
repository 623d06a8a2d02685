import Glibc
public import Sockets

/// Connects standard input and output to a hub's socket and copies bytes unchanged in both
/// directions.
public enum Relay {
    /// Runs until the hub or the other side of standard output ends.
    ///
    /// - Parameters:
    ///   - output: writes bytes to standard output and returns whether to continue.
    ///   - log: receives a message when the hub falls silent and when it is heard again.
    /// - Throws: ``SocketError`` if no hub answers or the socket's owner or permissions are not
    ///   safe.
    public static func run(
        _ directory: SocketDirectory, as role: SocketRole, output: ([UInt8]) -> Bool,
        log: @escaping (String) -> Void
    ) throws(SocketError) {
        try directory.check(role)
        let socket = try connect(directory.socket(role))
        defer { close(socket) }
        var watched = [
            pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        var pulse = RelayPulse(place: directory.path, log)
        while true {
            let count = poll(&watched, 2, pulse.wait(at: MonotonicClock.milliseconds))
            if count < 0, errno != EINTR { return }
            pulse.look(at: MonotonicClock.milliseconds)
            guard count > 0 else { continue }
            // Stops polling standard input at its end. Answers may still come.
            if watched[0].revents != 0, !copy(from: 0, to: { write($0, to: socket) }) {
                shutdown(socket, Int32(SHUT_WR))
                watched[0].fd = -1
            }
            if watched[1].revents != 0 {
                let goesOn = copy(
                    from: socket,
                    to: { bytes in
                        pulse.hear(bytes, at: MonotonicClock.milliseconds)
                        return output(bytes)
                    })
                guard goesOn else { return }
            }
        }
    }

    private static func connect(_ path: String) throws(SocketError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else {
            throw .failed("cannot make a socket: \(String(cString: strerror(errno)))")
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let number = errno
            close(descriptor)
            if number == ECONNREFUSED { throw .refused(path: path) }
            throw .failed("cannot connect to \(path): \(String(cString: strerror(number)))")
        }
        return descriptor
    }

    /// Copies the available bytes. Returns `false` at the end.
    private static func copy(from source: Int32, to target: ([UInt8]) -> Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && errno == EINTR }
        return target(Array(buffer[..<count]))
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
        }
        return true
    }
}

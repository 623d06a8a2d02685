import Foundation
import Glibc

/// A plain TCP connection to the local host, for requests that an HTTP client would not send. Reads
/// and writes block for at most 20 s.
public final class TCPSocket: Sendable {
    /// A system call that failed.
    public struct Failed: Error {
        /// Its `errno`.
        public let errno: Int32
    }

    private let descriptor: Int32

    /// Connects to 127.0.0.1.
    public init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &patience,
                socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failed(errno: errno) }
    }

    deinit { close(descriptor) }

    /// Writes a text. If the other side closes early, the rest is dropped.
    public func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Reads until the other side closes.
    public func readToEnd() throws -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            // The other side closed without reading everything that this side sent.
            if count == 0 || (count < 0 && errno == ECONNRESET) { break }
            guard count > 0 else { throw Failed(errno: errno) }
            all += buffer.prefix(count)
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// Sends a GET request to a local server and returns the status line and the body.
    public static func get(_ path: String, port: Int) throws -> (status: String, body: String) {
        let socket = try TCPSocket(port: port)
        // HTTP/1.0, so that the body is not chunked.
        socket.write("GET \(path) HTTP/1.0\r\n\r\n")
        let answer = try socket.readToEnd()
        let head = answer.range(of: "\r\n\r\n")
        return (
            answer.components(separatedBy: "\r\n").first ?? "",
            head.map { String(answer[$0.upperBound...]) } ?? ""
        )
    }
}

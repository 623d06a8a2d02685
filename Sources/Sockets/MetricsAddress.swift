package import NIOCore

/// The IP address and TCP port at which metrics are served.
public struct MetricsAddress: Equatable, Sendable, CustomStringConvertible {
    /// The accepted forms of an address, for messages.
    public static let expected =
        "IPV4:PORT, [IPV6]:PORT, or :PORT for 127.0.0.1, such as 127.0.0.1:9464"

    package let socket: SocketAddress

    /// Parses an address. Rejects host names, so that nothing has to be resolved. Port 0 means any
    /// free port.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        let host = text[..<colon]
        let ip: Substring
        switch (host.first, host.last) {
        case (nil, nil): ip = "127.0.0.1"
        case ("[", "]"): ip = host.dropFirst().dropLast()
        case _ where host.contains(":"): return nil
        default: ip = host
        }
        guard let socket = try? SocketAddress(ipAddress: String(ip), port: Int(port)) else {
            return nil
        }
        self.init(socket)
    }

    package init(_ socket: SocketAddress) {
        self.socket = socket
    }

    /// The TCP port; 0 means any free port.
    public var port: Int { socket.port ?? 0 }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool {
        let ip = socket.ipAddress ?? ""
        return ip == "::1" || ip.hasPrefix("127.")
    }

    /// The URL for a scraper on this machine.
    public var url: String { "http://\(description)/metrics" }

    /// The address as the user types it.
    public var description: String {
        let ip = socket.ipAddress ?? ""
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }

    /// Whether both have the same address and port.
    public static func == (a: MetricsAddress, b: MetricsAddress) -> Bool {
        a.description == b.description
    }
}

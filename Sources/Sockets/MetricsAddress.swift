package import NIOCore

/// Where metrics are served: an IP address and a TCP port.
public struct MetricsAddress: Equatable, Sendable, CustomStringConvertible {
    /// The texts that are addresses, in words.
    public static let expected =
        "IPV4:PORT, [IPV6]:PORT, or :PORT for 127.0.0.1, such as 127.0.0.1:9464"

    package let socket: SocketAddress

    /// Reads an address; names of hosts are none, so that nothing has to be resolved. Port 0 is any
    /// that is free.
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

    /// The TCP port; 0 for any.
    public var port: Int { socket.port ?? 0 }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool {
        let ip = socket.ipAddress ?? ""
        return ip == "::1" || ip.hasPrefix("127.")
    }

    /// Where a scraper on this machine finds the metrics.
    public var url: String { "http://\(description)/metrics" }

    /// The address as it is typed.
    public var description: String {
        let ip = socket.ipAddress ?? ""
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }

    /// Whether two are the same address and port.
    public static func == (a: MetricsAddress, b: MetricsAddress) -> Bool {
        a.description == b.description
    }
}

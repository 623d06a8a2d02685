import Glibc
import ResilienceWire
import Sockets
import Synchronization

/// A plain socket without the library, for input that the library would not send.
final class Wire: Sendable {
    let descriptor: Int32
    private let received = Mutex<[UInt8]>([])

    /// Takes over an open connection.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Connects; blocks.
    init(_ directory: SocketDirectory, _ role: SocketRole) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let result = withSocketAddress(directory.socket(role)) { connect(descriptor, $0, $1) }
        guard result == 0 else { throw Failed(errno: errno) }
    }

    struct Failed: Error {
        let errno: Int32
    }

    deinit {
        close(descriptor)
    }

    /// Writes all bytes; blocks while the other side does not read.
    func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(
                    descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failed(errno: errno) }
            done += count
        }
    }

    func write(_ messages: AgentMessage...) throws { try write(messages.bytes) }

    func write(_ message: OperatorMessage) throws { try write([message].bytes) }

    /// Reads one message; blocks.
    ///
    /// - Throws: ``Failed`` at the end of the connection.
    func next<Message: WireMessage>() throws -> Message {
        while true {
            let line = received.withLock { received -> [UInt8]? in
                guard let end = received.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { received.removeSubrange(...end) }
                return Array(received[..<end])
            }
            if let line { return try Message(decoding: line) }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { throw Failed(errno: count == 0 ? EPIPE : errno) }
            received.withLock { $0 += buffer[..<count] }
        }
    }

    /// Returns whether the other side sends bytes or closes within a time.
    func isReadable(within milliseconds: Int32) -> Bool {
        Self.isReadable(descriptor, within: milliseconds)
    }

    static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, milliseconds) > 0
    }
}

/// Calls `body` with the address of a path.
func withSocketAddress<Result>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

extension InstanceID {
    /// One of several instances of an agent.
    init(agent: String, number: Int) {
        self.init(agent: agent, instance: InstanceDigits(UInt128(number)))
    }
}

extension [AgentMessage] {
    /// The first messages of an agent with one breaker.
    static func hello(_ agent: String, _ number: Int) -> [AgentMessage] {
        [
            .hello(Hello(id: InstanceID(agent: agent, number: number), pid: 1, client: "raw/1")),
            .strategy(
                StrategyDeclaration(
                    strategy: "pay", kind: "breaker", can: [.open, .reset],
                    breaker: BreakerReading(state: .closed, version: 0))),
        ]
    }

}

extension Array where Element: WireMessage {
    /// The messages as lines.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for message in self { message.encode(into: &bytes) }
        return bytes
    }
}

/// Figures of a process.
enum Process {
    /// Resident memory in KiB.
    static func residentKiB(_ pid: Int32) -> Int { statusKiB(pid, "VmRSS:") }

    /// The peak of resident memory in KiB.
    static func peakResidentKiB(_ pid: Int32) -> Int { statusKiB(pid, "VmHWM:") }

    private static func statusKiB(_ pid: Int32, _ field: String) -> Int {
        guard let file = fopen("/proc/\(pid)/status", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let line = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
            if line.hasPrefix(field) {
                return line.split(whereSeparator: \.isWhitespace).dropFirst().first
                    .flatMap { Int($0) } ?? 0
            }
        }
        return 0
    }

    /// Processor time used so far, in seconds.
    static func processorSeconds(_ pid: Int32) -> Double {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 1_024)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return 0 }
        let line = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        // The name may contain spaces; the fields start after its closing bracket.
        let fields = line.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12 else { return 0 }
        let ticks = (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

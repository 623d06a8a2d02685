import Glibc
public import ResilienceWire

/// Reads a hub's orders file.
public enum OrdersFile {
    /// The contents of an orders file.
    public struct Contents: Equatable, Sendable {
        /// The revision; a hub's `welcome` names the present one.
        public let revision: String
        /// The orders, oldest first.
        public let orders: [AgentOrder]

        /// Reads the lines of a file. Skips lines that it cannot read.
        ///
        /// - Returns: `nil` if the first line is not an `orders` line.
        public init?(_ bytes: [UInt8]) {
            let lines = bytes.split(separator: UInt8(ascii: "\n")).map {
                try? HubToAgentMessage(decoding: $0)
            }
            guard case .orders(let revision)? = lines.first else { return nil }
            self.revision = revision
            orders = lines.compactMap { if case .order(let order)? = $0 { order } else { nil } }
        }
    }

    /// Reads the file if it is a regular file of at most ``AgentOrder/fileBytes`` that only its
    /// owner may write.
    ///
    /// - Parameter owners: the users of whom one must own the file; `nil` for any.
    /// - Returns: `nil` if there is no such file.
    public static func read(_ path: String, owners: Set<UInt32>?) -> Contents? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_mode & 0o022 == 0, owners?.contains(status.st_uid) ?? true,
            status.st_size <= AgentOrder.fileBytes
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: AgentOrder.fileBytes + 1)
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            guard read > 0 else { break }
            count += read
        }
        return count > AgentOrder.fileBytes ? nil : Contents(Array(bytes[..<count]))
    }
}

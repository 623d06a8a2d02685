import Glibc

/// Notifies the service manager that started this process, as `sd_notify(3)` documents.
package struct ServiceManager: Sendable {
    /// A notification.
    package enum Notice: Equatable {
        case ready
        /// The configuration is read again. ``ready`` follows.
        case reloading
        case stopping
        /// A text for `systemctl status`.
        case status(String)
        /// A sign that the hub answers.
        case watchdog
    }

    /// The longest interval between two ``Notice/watchdog`` notifications; `nil` if none are
    /// wanted.
    package let watchdog: Duration?

    private let address: sockaddr_un
    private let addressLength: socklen_t

    /// Creates the connection from the environment. `nil` if there is no manager or it does not use
    /// a Unix socket.
    ///
    /// - Parameter environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    package init?(environment: [String: String], pid: Int32 = getpid()) {
        // A path, or "@" and an abstract name, which ends with the address instead of a NUL byte.
        let socket = environment["NOTIFY_SOCKET"] ?? ""
        let isAbstract = socket.hasPrefix("@")
        guard isAbstract || socket.hasPrefix("/"),
            socket.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        let name = isAbstract ? [0] + Array(socket.utf8.dropFirst()) : Array(socket.utf8) + [0]
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        self.address = address
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        addressLength = socklen_t(start + name.count)
        let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == pid } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
            .flatMap { isMeant && $0 > 0 ? .microseconds($0) : nil }
    }

    /// Reads the manager of this process and removes its variables from the environment, because
    /// child processes are not its services. Call it before other threads exist.
    package static func take() -> ServiceManager? {
        var environment: [String: String] = [:]
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] {
            environment[name] = BaseDirectory.environment(name)
            unsetenv(name)
        }
        return ServiceManager(environment: environment)
    }

    /// Sends a notification. It is lost if the manager is gone or does not accept it within a
    /// second.
    package func tell(_ notice: Notice) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var wait = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        let text = notice.text
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(
                    descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL), $0,
                    addressLength)
            }
        }
    }
}

extension ServiceManager.Notice {
    fileprivate var text: String {
        switch self {
        case .ready: "READY=1"
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicUS)"
        case .stopping: "STOPPING=1"
        case .status(let words): "STATUS=\(words)"
        case .watchdog: "WATCHDOG=1"
        }
    }

    /// `CLOCK_MONOTONIC` in microseconds.
    private static var monotonicUS: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

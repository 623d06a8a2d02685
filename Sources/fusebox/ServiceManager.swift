import Foundation
import Glibc
import Hub
import Sockets

/// The service manager that started this process, told of its state as `sd_notify(3)` documents.
struct ServiceManager: Sendable {
    /// What it is told.
    enum Notice: Equatable {
        case ready
        /// The config is read again; ``ready`` follows.
        case reloading
        case stopping
        /// In words, for `systemctl status`.
        case status(String)
        /// The hub answers.
        case watchdog
    }

    /// How often it wants to hear that the hub answers, at most; `nil`: never.
    let watchdog: Duration?

    private let address: sockaddr_un
    private let addressLength: socklen_t

    /// `nil` where there is none, or one that is not on a Unix socket.
    ///
    /// - Parameter environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    init?(environment: [String: String], pid: Int32 = getpid()) {
        // A path; or, after "@", a name that ends with the address.
        let socket = environment["NOTIFY_SOCKET"] ?? ""
        let isAbstract = socket.hasPrefix("@")
        guard isAbstract || socket.hasPrefix("/"),
            socket.utf8.count <= SocketError.longestPath
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

    /// The manager of this process. What it said is taken out of the environment: programs that are
    /// started from here are not its services. Call it before there are other threads.
    static func take() -> ServiceManager? {
        let manager = ServiceManager(environment: ProcessInfo.processInfo.environment)
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] { unsetenv(name) }
        return manager
    }

    /// Sends a notice; a manager that is too busy for a second, or gone, misses it.
    func tell(_ notice: Notice) {
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

    /// Tells what the hub does when that changes, and that it answers in half the time of the
    /// watchdog: from the hub's own loop, so that one which hangs is started again. Until cancelled.
    func attend(_ hub: Hub) async {
        let pause = min(watchdog.map { $0 / 2 } ?? .seconds(1), .seconds(1))
        var last = ""
        while !Task.isCancelled {
            let peers = await hub.peers
            let words = "\(peers.agents) agents, \(peers.watchers) watching"
            if watchdog != nil { tell(.watchdog) }
            if words != last { tell(.status(words)) }
            last = words
            try? await Task.sleep(for: pause)
        }
    }
}

extension ServiceManager.Notice {
    fileprivate var text: String {
        switch self {
        case .ready: "READY=1"
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.microseconds)"
        case .stopping: "STOPPING=1"
        case .status(let words): "STATUS=\(words)"
        case .watchdog: "WATCHDOG=1"
        }
    }
}

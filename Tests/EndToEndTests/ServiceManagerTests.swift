import Fleet
import Foundation
import Glibc
import HostSupport
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

@testable import fusebox

/// A hub under a service manager, which is represented by a datagram socket.
@Suite(.timeLimit(.minutes(1))) struct ServiceManagerTests {
    @Test func serviceManagerIsNotifiedOfStartReloadAndStop() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = try scratch.configure("alerts: []\n")
        let manager = try Datagrams(scratch.file("notify"))
        let hub = try scratch.hub(under: ["NOTIFY_SOCKET=\(scratch.file("notify"))"])
        #expect(try manager.next() == "READY=1")
        #expect(try manager.next() == "STATUS=0 agents, 0 watching")

        let viewer = try await scratch.viewer()
        #expect(try manager.next() == "STATUS=0 agents, 1 watching")
        _ = viewer

        let before = MonotonicClock.microseconds
        hub.signal(SIGHUP)
        let reloading = try manager.next().split(separator: "\n")
        #expect(reloading.first == "RELOADING=1")
        let at = try #require(reloading.last?.wholeMatch(of: /MONOTONIC_USEC=(\d+)/)?.1)
        #expect((before...MonotonicClock.microseconds).contains(try #require(Int64(at))))
        #expect(try manager.next() == "READY=1")
        #expect(try hub.errors.readLine() == "fusebox: hub: reloaded \(path)")

        hub.signal(SIGTERM)
        #expect(try manager.next() == "STOPPING=1")
        #expect(await hub.end() == 0)
    }

    @Test func watchdogIsNotifiedWhileTheHubAnswers() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let name = "@" + scratch.path
        let manager = try Datagrams(name)
        let hub = try scratch.hub(under: ["NOTIFY_SOCKET=\(name)", "WATCHDOG_USEC=100000"])
        var heard = 0
        while heard < 3 { heard += try manager.next() == "WATCHDOG=1" ? 1 : 0 }
        hub.signal(SIGSTOP)
        while try manager.next(within: 500) != nil {}
        hub.signal(SIGCONT)
        while try manager.next() != "WATCHDOG=1" {}
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test func hubRunsWithoutAServiceManager() async throws {
        for environment in ["NOTIFY_SOCKET=/nowhere/at/all", "NOTIFY_SOCKET=", "WATCHDOG_USEC=1"] {
            let scratch = try Scratch()
            defer { scratch.remove() }
            let hub = try scratch.hub(under: [environment])
            _ = try await scratch.viewer()
            hub.signal(SIGTERM)
            #expect(await hub.end() == 0)
            #expect(try hub.errors.readToEnd() == "")
        }
    }

    @Test func alertCommandDoesNotInheritTheServiceManagersVariables() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        _ = try scratch.configure(
            """
            alerts:
              - when: agent_gone
                run: env > \(scratch.file("started")); mv \(scratch.file("started")) \(scratch.file("env"))

            """)
        let manager = try Datagrams(scratch.file("notify"))
        let hub = try scratch.hub(
            under: ["NOTIFY_SOCKET=\(scratch.file("notify"))", "WATCHDOG_USEC=60000000"])
        #expect(try manager.next() == "READY=1")
        let viewer = try await scratch.viewer()
        let agent = try await RawAgent(scratch.sockets)
        let id = agent.id
        try await viewer.wait { $0.agents[id] != nil }
        agent.close()
        while !FileManager.default.fileExists(atPath: scratch.file("env")) {
            try await Task.sleep(for: .milliseconds(10))
        }
        let environment = try String(contentsOfFile: scratch.file("env"), encoding: .utf8)
        #expect(environment.contains("XDG_STATE_HOME="))
        #expect(!environment.contains("NOTIFY_SOCKET"))
        #expect(!environment.contains("WATCHDOG"))
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    @Test(
        arguments: [
            ("5000000", nil, Duration.seconds(5)), ("5000000", "42", .seconds(5)),
            ("5000000", "43", nil), ("0", nil, nil), ("-1", nil, nil), ("soon", nil, nil),
            (nil, nil, nil),
        ] as [(String?, String?, Duration?)])
    func watchdogAppliesOnlyToItsProcess(time: String?, pid: String?, expected: Duration?) throws {
        var environment = ["NOTIFY_SOCKET": "/run/systemd/notify"]
        environment["WATCHDOG_USEC"] = time
        environment["WATCHDOG_PID"] = pid
        let manager = try #require(ServiceManager(environment: environment, pid: 42))
        #expect(manager.watchdog == expected)
    }

    @Test(arguments: [
        "", "notify", "vsock:2:1234", "/" + String(repeating: "a", count: 107),
        "@" + String(repeating: "a", count: 107),
    ])
    func unsupportedNotifyAddressIsIgnored(socket: String) {
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": socket]) == nil)
    }
}

/// A Unix datagram socket.
private final class Datagrams {
    private let descriptor: Int32

    struct Failed: Error {
        let errno: Int32
    }

    /// - Parameter name: a path, or `@` and a name.
    init(_ name: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(length))
            }
        }
        guard result == 0 else { throw Failed(errno: errno) }
    }

    deinit { close(descriptor) }

    /// Returns the next datagram; `nil` if none arrives within a time in milliseconds.
    func next(within time: Int32) throws -> String? {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, time) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failed(errno: errno) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    func next() throws -> String { try #require(try next(within: 20_000)) }
}

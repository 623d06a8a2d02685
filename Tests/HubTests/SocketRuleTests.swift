import Foundation
import Glibc
import Hub
import HubClient
import NIOPosix
import Sockets
import TestSupport
import Testing

@Suite struct SocketRuleTests {
    let directory = SocketDirectory("/tmp/fb-\(UUID().uuidString.prefix(8))")

    func hub(_ directory: SocketDirectory? = nil) throws -> Hub {
        try Hub(directory ?? self.directory, on: MultiThreadedEventLoopGroup.singleton.next())
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: directory.path)
    }

    func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int) ?? -1
    }

    @Test func socketsAreForTheirOwnerOnly() async throws {
        defer { remove() }
        let hub = try hub()
        try await hub.start()
        for role in SocketRole.allCases {
            #expect(try mode("\(directory)/\(role.rawValue)") == 0o700)
            #expect(try mode(directory.socket(role)) == 0o600)
        }
        await hub.stop()
        for role in SocketRole.allCases {
            #expect(access(directory.socket(role), F_OK) != 0)
        }
    }

    @Test func secondHubCannotLockTheSameDirectory() async throws {
        defer { remove() }
        let first = try hub()
        let error = #expect(throws: SocketError.self) { try hub() }
        #expect(error == .owned(path: directory.path, pid: getpid()))
        #expect(HubLock.owner(of: directory) == getpid())
        await first.stop()
    }

    @Test func ownerIgnoresInvalidProcessIds() throws {
        defer { remove() }
        try directory.create()
        let lock = open(directory.lock, O_RDWR | O_CREAT, 0o600)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        for text in ["-1", "0", "1", "x"] {
            ftruncate(lock, 0)
            pwrite(lock, text + "\n", text.utf8.count + 1, 0)
            #expect(HubLock.owner(of: directory) == nil)
        }
    }

    @Test func hubReplacesAStaleSocket() async throws {
        defer { remove() }
        try directory.create()
        #expect(FileManager.default.createFile(atPath: directory.socket(.agent), contents: nil))
        let hub = try hub()
        try await hub.start()
        #expect((try? directory.check(.agent)) != nil)
        await hub.stop()
    }

    @Test func hubRefusesADirectoryOpenToOthers() throws {
        defer { remove() }
        try directory.create()
        chmod(directory.path, 0o770)
        let error = #expect(throws: SocketError.self) { try hub() }
        #expect(
            error?.description == "\(directory) has mode 0770, open to others; chmod it to 0700")
    }

    /// Needs root, like a system hub, to change groups and users.
    @Test(.enabled(if: getuid() == 0))
    func userReachesOnlyTheSocketsOfItsGroups() async throws {
        defer { remove() }
        var options = Hub.Options()
        options.access = .groups([.agent: 60_001, .view: 60_002, .operator: 60_003])
        let hub = try Hub(directory, on: MultiThreadedEventLoopGroup.singleton.next(), options)
        try await hub.start()
        #expect(try mode(directory.path) == 0o755)
        for role in SocketRole.allCases {
            #expect(try mode("\(directory)/\(role.rawValue)") == 0o750)
            #expect(try mode(directory.socket(role)) == 0o660)
        }
        #expect(try reached(by: 60_100, groups: "60002") == [.view])
        #expect(try reached(by: 60_100, groups: "60001,60003") == [.agent, .operator])
        #expect(try reached(by: 60_100, groups: "60100").isEmpty)
        await hub.stop()
    }

    /// An agent must not receive commands of another user's agent in the same group.
    @Test(.enabled(if: getuid() == 0))
    func instanceBelongsToTheFirstUserWhoSentIt() async throws {
        defer { remove() }
        var options = Hub.Options()
        options.access = .groups([.agent: 60_001, .view: 60_002, .operator: 60_003])
        let hub = try Hub(directory, on: MultiThreadedEventLoopGroup.singleton.next(), options)
        try await hub.start()
        #expect(try answer(to: Self.hello, from: 60_100).contains(#""t":"welcome""#))
        // The connection is closed, and the instance still belongs to its user.
        let refused = try answer(to: Self.hello, from: 60_200)
        #expect(refused.contains(#""code":"owner""#) && refused.contains("uid 60100"))
        #expect(try answer(to: Self.hello, from: 60_100).contains(#""t":"welcome""#))
        await hub.stop()
    }

    private static let hello =
        #"{"t":"hello","v":1,"agent":"planner","instance":""#
        + String(repeating: "a", count: 32) + #"","pid":1}"#

    /// The hub's answer to a line that another user sends on the agent socket.
    private func answer(to line: String, from uid: Int) throws -> String {
        let program = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1])
            s.sendall(sys.argv[2].encode() + b"\\n"); print(s.recv(4096).decode())
            """
        let running = try Running(
            "/usr/bin/env",
            [
                "setpriv", "--reuid=\(uid)", "--regid=\(uid)", "--groups=60001",
                "/usr/bin/python3", "-c", program, directory.socket(.agent), line,
            ])
        return try running.output.readToEnd()
    }

    @Test(.enabled(if: getuid() == 0))
    func hubRefusesOtherUsers() async throws {
        defer { remove() }
        let hub = try hub()
        try await hub.start()
        #expect(try reached(by: 60_100, groups: "0").isEmpty)
        await hub.stop()
    }

    /// The roles whose sockets another user can connect to.
    private func reached(by uid: Int, groups: String) throws -> [SocketRole] {
        try SocketRole.allCases.filter { role in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "setpriv", "--reuid=\(uid)", "--regid=\(uid)", "--groups=\(groups)",
                "/usr/bin/python3",
                "-c",
                "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])",
                directory.socket(role),
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }

    @Test func hubRefusesALinkAsDirectory() throws {
        defer { remove() }
        let link = SocketDirectory(directory.path + "-link")
        defer { unlink(link.path) }
        try directory.create()
        symlink(directory.path, link.path)
        let error = #expect(throws: SocketError.self) { try hub(link) }
        #expect(error?.description.contains("is a symbolic link, not a directory") == true)
    }

    @Test func hubRefusesATooLongPath() {
        let long = SocketDirectory("/tmp/" + String(repeating: "x", count: 100))
        let error = #expect(throws: SocketError.self) { try hub(long) }
        #expect(error?.description.contains("at most 107") == true)
    }

    @Test func openDistinguishesMissingAndRefused() async throws {
        defer { remove() }
        await #expect(throws: SocketError.missing(path: directory.path)) {
            _ = try await HubConnection.open(directory, as: .view)
        }
        let hub = try hub()
        try await hub.start()
        // As after kill -9: the socket file exists, but no process listens.
        rename(directory.socket(.view), directory.socket(.view) + ".kept")
        await hub.stop()
        rename(directory.socket(.view) + ".kept", directory.socket(.view))
        await #expect(throws: SocketError.refused(path: directory.socket(.view))) {
            _ = try await HubConnection.open(directory, as: .view)
        }
    }

    @Test func candidatesAreInOrder() {
        let all = SocketDirectory.candidates(
            environment: ["FUSEBOX_SOCKET_DIR": "/a", "XDG_RUNTIME_DIR": "/b"], uid: 7)
        #expect(all.map(\.path) == ["/a", "/b/fusebox", "/run/user/7/fusebox", "/tmp/fusebox-7"])
        #expect(
            SocketDirectory.candidates(environment: [:], uid: 7).map(\.path)
                == ["/run/user/7/fusebox", "/tmp/fusebox-7"])
    }
}

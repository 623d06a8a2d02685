import Fleet
import Foundation
import Glibc
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// The hub continues to serve other peers whatever bytes it receives.
@Suite(.timeLimit(.minutes(1))) struct HostileInputTests {
    @Test func hubServesOthersDespiteRandomAndMutatedLines() async throws {
        try await TestHub.run { hub in
            let good = try await RawAgent(hub.directory, agent: "good", digit: "f")
            good.declare("pay")
            var random = SplitMix64(seed: 5)
            for _ in 0..<300 {
                let role = SocketRole.allCases.randomElement(using: &random) ?? .agent
                let socket = try RawSocket(hub.directory.socket(role))
                var bytes = role == .agent ? Self.introduction : []
                for _ in 0..<Int.random(in: 1...20, using: &random) {
                    bytes += Self.line(&random) + [UInt8(ascii: "\n")]
                }
                socket.write(bytes)
            }
            let viewer = try await hub.viewer()
            try await viewer.wait { $0.agents[good.id]?.strategies["pay"] != nil }
            #expect(viewer.fleet.agents[good.id]?.state == .up)
        }
    }

    private static let introduction = Array(
        """
        {"t":"hello","v":1,"agent":"p","instance":"abababababababababababababababab","pid":1}
        {"t":"strategy","s":"a","kind":"retry","limits":[{"name":"m","value":3}]}

        """.utf8)

    private static let most = "9007199254740991"

    private static let templates: [String] = [
        #"{"t":"delta","s":"a","n":\#(most),"ms":\#(most),"ok":\#(most),"failed":\#(most),"#
            + #""attempts":\#(most),"retries":{"1000000":\#(most)},"oldest_ms":\#(most)}"#,
        #"{"t":"strategy","s":"b","kind":"x","breaker":{"state":"open","version":0,"#
            + #""since_ms":\#(most),"probe_in_ms":\#(most)}}"#,
        #"{"t":"breaker","s":"a","version":\#(most),"from":"closed","to":"open","by":"policy","#
            + #""why":"x","probe_in_ms":\#(most)}"#,
        #"{"t":"call","s":"a","end":"ok","attempts":2,"us":\#(most),"errors":["TimeoutError"]}"#,
        #"{"t":"limit","s":"a","name":"m","was":1e308,"value":-1e308,"by":"adaptive"}"#,
        #"{"t":"ack","id":"x","ok":true,"version":8}"#, #"{"t":"lost","n":\#(most)}"#,
        #"{"t":"ping"}"#, #"{"t":"bye"}"#, #"{"t":"watch","v":1}"#,
        #"{"t":"command","id":"q","to":"p:a","do":"open","for_ms":\#(most)}"#,
        #"{"t":"command","id":"r","to":"*:a","do":"set_limit","name":"m","value":1e300}"#,
    ]

    private static func line(_ random: inout SplitMix64) -> [UInt8] {
        var line = Array((templates.randomElement(using: &random) ?? "").utf8)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3:
            for _ in 0..<3 {
                line[Int.random(in: line.indices, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
        case 3:
            line = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                .random(in: 0...255, using: &random)
            }
        default:
            break
        }
        return line
    }
}

/// A client that writes arbitrary bytes and closes.
private struct RawSocket: ~Copyable {
    struct NotConnected: Error {}

    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw NotConnected() }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) {
        // The hub may have closed the connection already.
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

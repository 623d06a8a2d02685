import Fleet
import Foundation
import Hub
import NIOCore
import NIOPosix
import ResilienceWire
import Sockets
import TestSupport
import Testing

@testable import HubMetrics

@Suite(.timeLimit(.minutes(1))) struct MetricsServerTests {
    /// Serves a hub's metrics for one test.
    private func serve(
        _ change: (inout MetricsServer.Limits) -> Void = { _ in },
        _ body: (TestHub, _ port: Int) async throws -> Void
    ) async throws {
        var limits = MetricsServer.Limits()
        change(&limits)
        try await TestHub.run { test in
            let server = MetricsServer(
                of: test.hub.metrics(version: "0.1.0"),
                on: MultiThreadedEventLoopGroup.singleton.next(), limits)
            let address = try #require(MetricsAddress("127.0.0.1:0"))
            let port = try await server.listen(at: address).port
            #expect(port > 0)
            try await body(test, port)
            await server.stop()
        }
    }

    private func ask(_ request: String, _ port: Int) throws -> String {
        let socket = try TCPSocket(port: port)
        socket.write(request)
        return try socket.readToEnd()
    }

    @Test func scrapeShowsAgentMetrics() async throws {
        try await serve { test, port in
            let agent = try await RawAgent(test.directory)
            agent.declare("pay", .halfOpen)
            let viewer = try await test.viewer()
            try await viewer.wait { $0.agents[agent.id]?.strategies["pay"] != nil }
            let answer = try ask("GET /metrics?x=1 HTTP/1.1\r\nhost: a\r\n\r\n", port)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(answer.contains(#"name="pay",state="half_open"} 1"#))
            #expect(answer.contains("fusebox_hub_watchers 1\n"))
            #expect(answer.hasSuffix("\r\n0\r\n\r\n"))
            let (status, body) = try TCPSocket.get("/metrics", port: port)
            #expect(status == "HTTP/1.0 200 OK")
            #expect(body.hasPrefix("# HELP fusebox_build_info "))
            #expect(body.contains("fusebox_hub_lines_received_total 2\n"))
        }
    }

    @Test func serverCompressesAnswersOnRequest() async throws {
        try await serve { test, port in
            let agent = try await RawAgent(test.directory)
            for number in 0..<200 { agent.declare("pay/\(number)") }
            let viewer = try await test.viewer()
            try await viewer.wait { $0.agents[agent.id]?.strategies.count == 200 }
            let (_, plain) = try TCPSocket.get("/metrics", port: port)
            let file = test.directory.path + "/metrics.gz"
            let curl = try Running(
                "/usr/bin/env",
                [
                    "curl", "-s", "-o", file, "-H", "Accept-Encoding: deflate, gzip;q=0.5",
                    "http://127.0.0.1:\(port)/metrics",
                ])
            #expect(await curl.end() == 0)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: file)).count
            let gzip = try Running("/usr/bin/env", ["gzip", "-dc", file])
            #expect(try gzip.output.readToEnd() == plain)
            #expect(bytes < plain.utf8.count / 4)
            let refused = try ask(
                "GET /metrics HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip;q=0\r\n\r\n", port)
            #expect(!refused.contains("content-encoding"))
        }
    }

    @Test func scrapeCountsDismissedAgents() async throws {
        try await serve { test, port in
            let agent = try await RawAgent(test.directory)
            agent.send(.ack(Ack(id: "x", .ok(version: nil))), .unknown(type: "keyframe_end"))
            #expect(await agent.refusal()?.code == "wrong_socket")
            let (_, body) = try TCPSocket.get("/metrics", port: port)
            #expect(body.contains(#"fusebox_hub_agents_dismissed_total{code="wrong_socket"} 1"#))
            #expect(body.contains(#"fusebox_agents{state="gone"} 1"#))
        }
    }

    @Test func answerToHEADHasNoBody() async throws {
        try await serve { _, port in
            let answer = try ask("HEAD /metrics HTTP/1.1\r\nhost: a\r\n\r\n", port)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("version=0.0.4"))
            #expect(answer.split(separator: "\r\n\r\n").count == 1)
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func notFoundAnswerNamesThePathOfTheMetrics() async throws {
        try await serve { _, port in
            let (status, body) = try TCPSocket.get("/", port: port)
            #expect(status == "HTTP/1.0 404 Not Found")
            #expect(body == "not found: the metrics are at /metrics\n")
            let posted = try ask("POST /metrics HTTP/1.1\r\ncontent-length: 0\r\n\r\n", port)
            #expect(posted.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
            #expect(posted.contains("allow: GET, HEAD\r\n"))
            #expect(try ask("\u{1}\u{2}\r\n\r\n", port).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        }
    }

    @Test func incompleteRequestTimesOut() async throws {
        try await serve {
            $0.request = .milliseconds(100)
        } _: { _, port in
            for part in ["", "GET /met", "GET /metrics HTTP/1.1\r\nhost: "] {
                let answer = try ask(part, port)
                #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            }
        }
    }

    @Test func serverRejectsOversizedRequests() async throws {
        try await serve { _, port in
            let long = String(repeating: "a", count: RequestBound.bytes)
            for request in [
                "GET /\(long) HTTP/1.1\r\n\r\n", "GET /metrics HTTP/1.1\r\nx: \(long)\r\n\r\n",
                "GET /metrics HTTP/1.1\r\n" + String(repeating: "x: y\r\n", count: 4_000), long,
            ] {
                let answer = try ask(request, port)
                // The system may discard the answer together with the unread bytes.
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
            }
            #expect(try TCPSocket.get("/metrics", port: port).status == "HTTP/1.0 200 OK")
        }
    }

    @Test func serverRefusesConnectionsOverTheLimitUntilOneCloses() async throws {
        try await serve {
            $0.connections = 2
        } _: { _, port in
            let first = try TCPSocket(port: port)
            let second = try TCPSocket(port: port)
            let third = try TCPSocket(port: port)
            #expect(try third.readToEnd().hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            first.write("GET / HTTP/1.0\r\n\r\n")
            #expect(try first.readToEnd().hasPrefix("HTTP/1.0 404"))
            #expect(try TCPSocket.get("/metrics", port: port).status == "HTTP/1.0 200 OK")
            second.write("GET / HTTP/1.0\r\n\r\n")
            #expect(try second.readToEnd().hasPrefix("HTTP/1.0 404"))
        }
    }

    @Test func incompleteRequestsDoNotAffectAgents() async throws {
        try await serve { test, port in
            var open: [TCPSocket] = []
            for index in 0..<200 {
                let socket = try TCPSocket(port: port)
                socket.write(index.isMultiple(of: 2) ? "GET /metr" : "\u{0}\u{1}")
                open.append(socket)
            }
            let agent = try await RawAgent(test.directory)
            let viewer = try await test.viewer()
            try await viewer.wait { $0.agents[agent.id] != nil }
            open.removeAll()
        }
    }

    @Test func errorNamesTheAddressInUse() async throws {
        try await serve { test, port in
            let other = MetricsServer(
                of: test.hub.metrics(version: ""), on: MultiThreadedEventLoopGroup.singleton.next())
            let address = try #require(MetricsAddress("127.0.0.1:\(port)"))
            let error = await #expect(throws: MetricsServer.Failed.self) {
                _ = try await other.listen(at: address)
            }
            #expect(
                error?.description
                    == "cannot serve metrics at 127.0.0.1:\(port): Address already in use")
        }
    }

    @Test func serverRetriesUntilTheAddressIsFree() async throws {
        try await TestHub.run { test in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let first = MetricsServer(of: test.hub.metrics(version: ""), on: loop)
            let address = try await first.listen(at: try #require(MetricsAddress("127.0.0.1:0")))
            let second = MetricsServer(of: test.hub.metrics(version: ""), on: loop)
            let (complaints, complain) = AsyncStream<String>.makeStream()
            async let bound = second.listen(at: address, tryingAgainEvery: .milliseconds(1)) {
                complain.yield($0)
            }
            for await words in complaints {
                #expect(words.hasPrefix("cannot serve metrics at \(address): Address already in"))
                break
            }
            await first.stop()
            #expect(await bound == address)
            #expect(try TCPSocket.get("/metrics", port: address.port).status.hasSuffix("200 OK"))
            await second.stop()
        }
    }

    @Test func scrapesWithinASecondShareASnapshot() async throws {
        try await serve {
            $0.freshness = .hours(1)
        } _: { test, port in
            let before = try TCPSocket.get("/metrics", port: port)
            let agent = try await RawAgent(test.directory)
            let viewer = try await test.viewer()
            try await viewer.wait { $0.agents[agent.id] != nil }
            #expect(try TCPSocket.get("/metrics", port: port) == before)
        }
    }

    @Test func serverRefusesScrapesOverTheLimit() async throws {
        for (scrapes, status) in [(0, "503 Service Unavailable"), (1, "200 OK")] {
            try await serve {
                $0.scrapes = scrapes
            } _: { _, port in
                // A completed scrape frees its place.
                for _ in 1...3 {
                    let answer = try TCPSocket.get("/metrics", port: port)
                    #expect(answer.status == "HTTP/1.0 \(status)")
                }
                let other = try TCPSocket.get("/", port: port)
                #expect(other.status == "HTTP/1.0 404 Not Found")
            }
        }
    }
}

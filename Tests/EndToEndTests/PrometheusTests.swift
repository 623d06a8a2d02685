import Fleet
import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// The metrics, read by promtool and Prometheus.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PrometheusTests {
    @Test func promtoolAcceptsTheDemosMetrics() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let demo = try scratch.demo("--metrics", "127.0.0.1:0")
        let port = try Self.port(try demo.output.readLine())
        let viewer = try await scratch.viewer()
        try await viewer.wait { fleet in
            fleet.agents.count == 6
                && fleet.agents.values.allSatisfy {
                    $0.strategies.values.contains { $0.total.ok > 0 }
                }
        }
        let (status, body) = try TCPSocket.get("/metrics", port: port)
        #expect(status == "HTTP/1.0 200 OK")
        try Data(body.utf8).write(to: URL(fileURLWithPath: scratch.file("metrics")))
        let promtool = try Running(
            "/bin/sh", ["-c", "exec promtool check metrics < \"$0\"", scratch.file("metrics")])
        #expect(await promtool.end() == 0)
        #expect(try promtool.errors.readToEnd() == "")
        #expect(try promtool.output.readToEnd() == "")
        demo.signal(SIGTERM)
        #expect(await demo.end() == 0)
    }

    @Test func prometheusQueriesReturnTheHubsNumbers() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        _ = try scratch.configure("metrics: 127.0.0.1:0\n")
        let hub = try scratch.hub()
        let port = try Self.port(try hub.output.readLine())
        let agent = try await Self.agent(scratch)
        defer { agent.close() }
        let viewer = try await scratch.viewer()
        try await viewer.wait { $0.agents.values.first?.strategies["pay"]?.total.ok == 120 }

        let (prometheus, own) = try Self.prometheus(scratch, port, interval: "200ms")
        for (query, expected) in [
            (
                #"sum by (name)(resilience4j_circuitbreaker_calls_seconds_count{kind="failed"}) > 0"#,
                "3"
            ),
            (#"resilience4j_circuitbreaker_state{name="pay",state="open"}"#, "1"),
            ("histogram_quantile(1,fusebox_call_duration_seconds_bucket) > 0", "1.048576"),
            (#"up{job="fusebox"}"#, "1"),
        ] {
            #expect(try await Self.answer(own, query) == expected, "\(query)")
        }
        prometheus.signal(SIGTERM)
        #expect(await prometheus.end() == 0)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    /// Jobs that are shorter than a scrape interval.
    @Test func prometheusCountsAllCallsOfJobsShorterThanAScrape() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let hub = try scratch.hub("--metrics", "127.0.0.1:0")
        let port = try Self.port(try hub.output.readLine())
        let (prometheus, own) = try Self.prometheus(scratch, port, interval: "500ms")
        _ = try await Self.answer(own, #"up{job="fusebox"} == 1"#)
        for number in 1...20 {
            let job = try await RawAgent(
                scratch.sockets,
                as: InstanceID(agent: "job", instance: InstanceDigits(UInt128(number))))
            job.send(.strategy(StrategyDeclaration(strategy: "cron", kind: "retry")))
            for _ in 0..<5 {
                job.send(
                    .call(
                        CallReport(
                            strategy: "cron", end: .ok, attempts: 1, microseconds: 1_500)))
            }
            job.send(.bye)
            // The hub closes the connection after it has read everything.
            for await _ in job.received {}
        }
        #expect(try await Self.answer(own, "sum(fusebox_calls_total) == 100") == "100")
        let increase = try #require(
            Double(
                try await Self.answer(own, "sum(increase(fusebox_calls_total[1m])) >= 100") ?? ""))
        #expect(increase <= 125)
        let (_, samples) = try TCPSocket.get(
            "/api/v1/query?query=fusebox_calls_total%7Boutcome%3D%22ok%22%7D%5B10m%5D", port: own)
        #expect(try Self.lastMinusFirst(samples) == 100)
        prometheus.signal(SIGTERM)
        #expect(await prometheus.end() == 0)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    /// The last raw sample minus the first, summed over all series.
    private static func lastMinusFirst(_ answer: String) throws -> Double {
        struct Matrix: Decodable {
            struct Data: Decodable { let result: [Series] }
            struct Series: Decodable { let values: [Answer.Value] }
            let data: Data
        }
        let matrix = try JSONDecoder().decode(Matrix.self, from: Data(answer.utf8))
        return matrix.data.result.reduce(0) { sum, series in
            let values = series.values.compactMap { Double($0.text) }
            return sum + (values.last ?? 0) - (values.first ?? 0)
        }
    }

    /// Starts a Prometheus that scrapes a port, and waits until it is ready. Returns it and its own
    /// port.
    private static func prometheus(
        _ scratch: Scratch, _ port: Int, interval: String
    ) throws -> (Running, Int) {
        let config = """
            global:
              scrape_interval: \(interval)
            scrape_configs:
              - job_name: fusebox
                static_configs:
                  - targets: ['127.0.0.1:\(port)']

            """
        try Data(config.utf8).write(to: URL(fileURLWithPath: scratch.file("prometheus.yml")))
        let prometheus = try Running(
            "/usr/bin/env",
            [
                "prometheus", "--config.file=\(scratch.file("prometheus.yml"))",
                "--storage.tsdb.path=\(scratch.file("data"))",
                "--web.listen-address=127.0.0.1:0",
            ])
        return (prometheus, try listening(prometheus))
    }

    @Test func errorNamesAnInvalidOrUsedMetricsAddress() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let wrong = try await Tool.run(
            "hub", "--socket-dir", scratch.sockets.path, "--metrics", "localhost")
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("'localhost' is not an address; expected IPV4:PORT"))

        let hub = try scratch.hub("--metrics", "127.0.0.1:0")
        let port = try Self.port(try hub.output.readLine())
        // A used metrics port does not stop the hub.
        let second = try Running(
            Tool.path,
            ["hub", "--socket-dir", scratch.file("other"), "--metrics", "127.0.0.1:\(port)"],
            ["XDG_STATE_HOME": scratch.file("state")])
        #expect(try second.output.readLine() == "hub: \(scratch.file("other"))")
        #expect(
            try second.errors.readLine() == "fusebox: cannot serve metrics at 127.0.0.1:\(port): "
                + "Address already in use; trying again every 10 s")
        second.signal(SIGTERM)
        #expect(await second.end() == 0)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0)
    }

    /// An agent with known counters.
    private static func agent(_ scratch: Scratch) async throws -> RawAgent {
        let agent = try await RawAgent(scratch.sockets)
        agent.declare("pay", .open)
        var counters = Counters()
        counters.ok = 120
        counters.failed = 3
        // 2^20 us.
        counters.latency = [LatencyCount(bucket: 319, count: 123)]
        agent.send(
            .delta(Delta(strategy: "pay", sequence: 1, spanMS: 500, counters: counters)))
        return agent
    }

    /// The port in `metrics: http://127.0.0.1:9464/metrics`.
    private static func port(_ line: String) throws -> Int {
        let match = try #require(
            line.wholeMatch(of: /metrics: http:\/\/127\.0\.0\.1:(\d+)\/metrics/))
        return try #require(Int(match.1))
    }

    /// Returns the port of a ready Prometheus, from its log.
    private static func listening(_ prometheus: Running) throws -> Int {
        var port: Int?
        var isReady = false
        // Either message can come first.
        while true {
            let line = try prometheus.errors.readLine()
            try #require(!line.isEmpty, "prometheus ended")
            if let match = line.firstMatch(of: /msg="Listening on" address=127\.0\.0\.1:(\d+)/) {
                port = Int(match.1)
            }
            isReady = isReady || line.contains("Server is ready")
            if isReady, let port { return port }
        }
    }

    /// Returns the value of a query once Prometheus has one. It repeats the query without a pause,
    /// because Prometheus does not report when a scrape is stored.
    private static func answer(_ port: Int, _ query: String) async throws -> String? {
        let text = try #require(query.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        while true {
            try Task.checkCancellation()
            let (_, body) = try TCPSocket.get("/api/v1/query?query=\(text)", port: port)
            let answer = try JSONDecoder().decode(Answer.self, from: Data(body.utf8))
            if let result = answer.data.result.first { return result.value.text }
            await Task.yield()
        }
    }

    private struct Answer: Decodable {
        struct Samples: Decodable { let result: [Sample] }
        struct Sample: Decodable { let value: Value }
        /// A time and a number, as text.
        struct Value: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                var items = try decoder.unkeyedContainer()
                _ = try items.decode(Double.self)
                text = try items.decode(String.self)
            }
        }

        let data: Samples
    }
}

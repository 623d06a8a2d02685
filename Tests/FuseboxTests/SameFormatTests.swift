import DashboardApp
import Fleet
import ResilienceWire
import Screen
import TestSupport
import Testing

@testable import Dashboard
@testable import fusebox

/// A time reads the same wherever it is shown.
@Suite struct SameFormatTests {
    private static let source = InstanceID(
        agent: "planner", instance: InstanceDigits(first: "9f3a"))

    /// Everything that shows how long a call or an answer took.
    private static let latencies: [(place: String, text: @Sendable (Double) -> String)] = [
        ("screen", { Format.latency(microseconds: $0) }),
        ("journal", { Format.took(milliseconds: $0 / 1_000) }),
        (
            "tap",
            {
                let call = CallReport(
                    strategy: "pay", end: .ok, attempts: 1, microseconds: Int64($0), tap: true)
                return String(
                    TapCommand.text(call, of: "planner:pay").split(separator: " ").last ?? "")
            }
        ),
        (
            "events",
            {
                let status = CommandStatus(
                    id: "c", instance: source, status: .acked, tookMS: $0 / 1_000)
                let line = EventText.line(Line(at: 0, .commandStatus(status)), in: Fleet()) ?? ""
                return String(line.split(separator: " ").last ?? "")
            }
        ),
        (
            "outcome",
            {
                let status = CommandStatus(
                    id: "c", instance: source, status: .acked, tookMS: $0 / 1_000)
                let text = Outcome([status], in: Fleet()).text
                return String(text.split(separator: " ").last ?? "")
            }
        ),
        (
            "breaker and limit",
            {
                let status = CommandStatus(
                    id: "c", instance: source, status: .acked, tookMS: $0 / 1_000)
                return String(
                    OrderOptions.words(status, at: "planner").split(separator: " ").last ?? "")
            }
        ),
    ]

    @Test(arguments: [
        (0.0, "0us"), (12, "12us"), (400, "400us"), (412, "412us"), (999, "999us"),
        (1_000, "1.0ms"), (1_499, "1.5ms"), (12_400, "12.4ms"), (99_900, "99.9ms"),
        (99_960, "100ms"), (310_000, "310ms"), (999_600, "1.0s"), (1_200_000, "1.2s"),
        (9_960_000, "10s"), (48_000_000, "48s"),
    ])
    func latencyHasOneFormat(microseconds: Double, text: String) {
        for (place, format) in Self.latencies {
            #expect(format(microseconds) == text, "in \(place)")
        }
    }

    /// The 95th percentile in `status` is the one of the table on the screen.
    @Test(arguments: [130, 138, 170, 250, 330]) func percentileHasOneFormat(bucket: Int) throws {
        var counters = Counters()
        counters.ok = 20
        counters.latency = [LatencyCount(bucket: bucket, count: 20)]
        var fleet = Fleet()
        let now: Int64 = 1_789_999_351_000
        fleet.apply(
            .agentUp(AgentUp(pid: 1, client: "swift/1", intervalMS: 500)), from: Self.source,
            at: now)
        fleet.apply(
            .strategy(StrategyDeclaration(strategy: "pay", kind: "retry", can: [])),
            from: Self.source, at: now)
        fleet.apply(
            .delta(Delta(strategy: "pay", sequence: 1, spanMS: 500, counters: counters)),
            from: Self.source, at: now)
        let row = try #require(RowBook(fleet, at: now).rows.first)
        let shown = RowCells(row, at: now, glyphs: .unicode, isUnfolded: false).cell(.p95).text
        #expect(shown != "-")
        let table = StatusTable.text(fleet).split(separator: "\n").last ?? ""
        #expect(table.split(separator: " ").contains(Substring(shown)), "\(table)")
    }

    /// Everything that shows a span of time.
    private static let durations: [(place: String, text: @Sendable (Int64) -> String)] = [
        ("screen", { Format.duration($0) }),
        ("defaults of options", { DurationValue(milliseconds: $0).defaultValueDescription }),
        ("journal", { String(Order.open(forMS: $0).words.dropFirst("open for ".count)) }),
        (
            "dry run",
            {
                let words = Order.open(forMS: $0).phrase
                return String(words.dropFirst("force the breaker open for ".count))
            }
        ),
    ]

    @Test(arguments: [
        (Int64(0), "0ms"), (12, "12ms"), (4_000, "4s"), (185_000, "3m05s"), (120_000, "2m"),
        (7_500_000, "2h05m"), (86_400_000, "1d0h"), (273_600_000, "3d4h"),
    ])
    func durationHasOneFormat(milliseconds: Int64, text: String) {
        for (place, format) in Self.durations {
            #expect(format(milliseconds) == text, "in \(place)")
        }
    }

    /// The time until a probe in `status` is the one on the screen.
    @Test(arguments: [1, 900, 1_000, 21_001, 61_000, 840_000, 7_500_000] as [Int64])
    func countdownHasOneFormat(milliseconds: Int64) throws {
        var fleet = Fleet()
        fleet.apply(
            .agentUp(AgentUp(pid: 1, client: "swift/1", intervalMS: 500)), from: Self.source, at: 0)
        let reading = BreakerReading(state: .open, version: 1, probeInMS: milliseconds)
        fleet.apply(
            .strategy(
                StrategyDeclaration(strategy: "pay", kind: "breaker", can: [], breaker: reading)),
            from: Self.source, at: 0)
        let breaker = fleet.agents[Self.source]?.strategies["pay"]?.breaker
        #expect(
            Format.state(breaker, at: 0) == "open \(Format.countdown(milliseconds))"
        )
    }

    @Test(arguments: [
        (2.0, "2"), (0.85, "0.85"), (2.75, "2.75"), (0.5, "0.5"), (1.0 / 3, "0.333"),
        (-1.5, "-1.5"),
    ])
    func limitHasOneFormat(value: Double, text: String) {
        #expect(Format.number(value) == text)
        #expect(Format.number(value) == text)
        let order = Order.setLimit(name: "x", value: value)
        #expect(order.words == "x = \(text)")
        #expect(order.phrase == "set x to \(text)")
    }
}

import ArgumentParser
import DashboardApp
import Fleet
import Foundation
import HostSupport
import Recording
import ResilienceWire

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Exports the counts of each strategy per interval of a recording.",
        discussion: """
            One row for each strategy of an instance and each interval with counts. Examples:
              fusebox export incident.ndjson.zst --csv --per 10s > incident.csv
              fusebox export incident.ndjson.zst --json --per 1m --from 14:02 | jq .errors
            """)

    @OptionGroup var range: RecordedRange

    @Flag(help: "Comma-separated values, as RFC 4180 has them; the default.")
    var csv = false

    @Flag(help: "A JSON object a line, with error types.")
    var json = false

    @Option(help: "The length of an interval, such as 10s or 1m.")
    var per = DurationValue(milliseconds: 10_000)

    func validate() throws {
        guard !(csv && json) else { throw ValidationError("--csv or --json, not both") }
        guard per.milliseconds > 0 else { throw ValidationError("--per must be more than 0") }
    }

    func run() throws {
        var series = Series(per: per.milliseconds)
        var tracker = KeyframeTracker()
        if !json { try StandardOutput.print(SeriesText.header) }
        try range.read { fleet in
            series.begin(with: fleet)
        } _: { line in
            guard tracker.take(line) == .event else { return }
            try series.take(line).forEach(put)
        } end: {
            try series.finish().forEach(put)
        }
    }

    private func put(_ row: Series.Row) throws(StandardOutput.Ended) {
        let text = SeriesText(row)
        try StandardOutput.print(json ? text.json : text.csv)
    }
}

/// The text of a row of the exported series.
struct SeriesText {
    private let row: Series.Row

    init(_ row: Series.Row) {
        self.row = row
    }

    static let header =
        "time,agent,instance,strategy,ok,failed,rejected,cancelled,attempts,retries,"
        + "served_rate,success_rate,p50_us,p95_us,p99_us,breaker,top_error"

    private var time: String {
        TimeText.date(row.start)
    }

    var csv: String {
        let counters = row.counters
        let numbers: [Double?] = [
            counters.servedRate, counters.successRate, counters.percentile(0.5)?.rounded(),
            counters.percentile(0.95)?.rounded(), counters.percentile(0.99)?.rounded(),
        ]
        let fields: [String] =
            [time, row.key.source.agent, row.key.source.instance.description, row.key.strategy]
            + [
                counters.ok, counters.failed, counters.rejected, counters.cancelled,
                counters.attempts, counters.retriesSpent,
            ].map(String.init)
            + numbers.map { $0.map(Self.number) ?? "" }
            + [row.breaker?.rawValue ?? "", counters.errorShares.first?.type ?? ""]
        return fields.map(CSVField.text).joined(separator: ",")
    }

    var json: String {
        let counters = row.counters
        var object: [String: Any] = [
            "time": time, "at": row.start, "agent": row.key.source.agent,
            "instance": row.key.source.instance.description, "s": row.key.strategy,
            "ok": counters.ok,
            "failed": counters.failed, "rejected": counters.rejected,
            "cancelled": counters.cancelled, "attempts": counters.attempts,
            "retries": counters.retriesSpent,
            "errors": Dictionary(
                counters.errors.map { ($0.type, $0.count) }, uniquingKeysWith: +),
        ]
        object["served_rate"] = counters.servedRate
        object["success_rate"] = counters.successRate
        object["p50_us"] = counters.percentile(0.5).map { Int($0) }
        object["p95_us"] = counters.percentile(0.95).map { Int($0) }
        object["p99_us"] = counters.percentile(0.99).map { Int($0) }
        object["breaker"] = row.breaker?.rawValue
        let data = try? JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(format: "%.4f", value)
    }
}

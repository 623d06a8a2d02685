import ArgumentParser
import Dashboard
import DashboardApp
import Fleet
import Foundation
import HostSupport
import Recording
import ResilienceWire

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Reports the incidents of a recording, as Markdown.",
        discussion: """
            An incident lasts from the opening of a breaker until all breakers of its strategy are closed. \
            The report has its cause, its cost, and the operators' orders. Examples:
              fusebox report incident.ndjson.zst > incident.md
              fusebox report incident.ndjson.zst --from 14:00 --to 15:00
            """)

    @OptionGroup var range: RecordedRange

    func run() throws {
        var incidents = Incidents()
        var tracker = KeyframeTracker()
        var times: ClosedRange<Int64>?
        var total = Counters()
        var agents: Set<InstanceID> = []
        try range.read { fleet in
            incidents.begin(with: fleet)
        } _: { line in
            guard tracker.take(line) == .event, let at = line.at else { return }
            times = min(times?.lowerBound ?? at, at)...max(times?.upperBound ?? at, at)
            incidents.take(line)
            if let counted = line.counted { total.add(counted.counters) }
            if let source = line.source { agents.insert(source) }
        } end: {
            let report = Report(
                incidents: incidents.all(), times: times, total: total, instances: agents.count)
            try StandardOutput.print(report.markdown)
        }
    }
}

/// The report about a recording as text.
struct Report {
    let incidents: [Incident]
    /// Unix milliseconds.
    let times: ClosedRange<Int64>?
    let total: Counters
    let instances: Int

    var markdown: String {
        guard let times else {
            return "# No incidents\n\nThe recording has no events."
        }
        var lines = [
            "# \(incidents.isEmpty ? "No incidents" : Self.count(incidents.count, "incident"))",
            "",
            "\(TimeText.dateForPeople(times.lowerBound)) to \(TimeText.clock(times.upperBound)), "
                + "\(Self.count(instances, "instance")), \(total.wanted) calls: "
                + "\(Self.share(total.servedRate)) served, \(total.failed) failed, "
                + "\(total.rejected) rejected.",
        ]
        if !incidents.isEmpty {
            lines += [
                "", "| start | lasted | strategy | cause | calls lost | retries spent |",
                "| --- | --- | --- | --- | --- | --- |",
            ]
            lines += incidents.map(row)
        }
        for incident in incidents { lines += [""] + section(incident) }
        return lines.joined(separator: "\n")
    }

    private func row(_ incident: Incident) -> String {
        let cells = [
            TimeText.clock(incident.start), lasted(incident), name(incident), cause(incident),
            "\(incident.callsLost)", "\(incident.counters.retriesSpent)",
        ]
        return "| " + cells.map(MarkdownText.cell).joined(separator: " | ") + " |"
    }

    private func section(_ incident: Incident) -> [String] {
        let counters = incident.counters
        let end = incident.end.map { "to \(TimeText.clock($0))" } ?? "and continued at the end"
        var lines = [
            "## \(TimeText.clock(incident.start)) \(MarkdownText.cell(name(incident)))", "",
            "- From \(TimeText.clock(incident.start)) \(end): \(lasted(incident)), in "
                + "\(Self.count(incident.instances.count, "instance")), opened "
                + "\(Self.count(incident.opens, "time")).",
            "- Cause: \(MarkdownText.cell(cause(incident))).",
            "- Cost: \(incident.callsLost) of \(counters.wanted) calls lost "
                + "(\(counters.failed) failed, \(counters.rejected) rejected), "
                + "\(Self.count(incident.counters.retriesSpent, "retry", "retries")) spent, "
                + "\(Self.share(counters.servedRate)) served.",
        ]
        if !counters.errors.isEmpty {
            let errors = counters.errorShares.prefix(5).map {
                "\(MarkdownText.cell($0.type)) \(Self.share($0.share))"
            }
            lines.append("- Errors: \(errors.joined(separator: ", ")).")
        }
        return lines + operators(incident)
    }

    private func operators(_ incident: Incident) -> [String] {
        guard incident.acts.isEmpty else {
            return ["- Operators:"] + incident.acts.map { "  - " + MarkdownText.cell(words($0)) }
        }
        return incident.by == .operator
            ? ["- Operators: the order was given before the recording begins and is not in it."]
            : ["- No operator did anything."]
    }

    private func name(_ incident: Incident) -> String { "\(incident.agent):\(incident.strategy)" }

    private func lasted(_ incident: Incident) -> String {
        guard let end = incident.end ?? times?.upperBound else { return "" }
        let text = Format.duration(max(0, end - incident.start))
        return incident.end == nil ? "over \(text)" : text
    }

    private func cause(_ incident: Incident) -> String {
        let why = incident.cause.isEmpty ? "no reason given" : incident.cause
        let by = incident.by == .operator ? "an operator: " : ""
        let top = incident.counters.errorShares.first.map { "; mostly \($0.type)" } ?? ""
        return by + why + (incident.by == .operator ? "" : top)
    }

    private func words(_ act: Incident.Act) -> String {
        let command = act.command
        let what =
            switch command.order {
            case .open(let ms?): "opened it for \(Format.duration(ms))"
            case .open(nil): "opened it until reset"
            case .reset: "reset it"
            case .halfOpen: "made it probe"
            case .disable: "disabled it"
            case .enable: "enabled it"
            case .setLimit(let name, let value?): "set \(name) to \(Format.number(value))"
            case .setLimit(let name, nil): "released \(name)"
            case .tap: "tapped its calls"
            case .unknown(let word): word
            }
        let reason = command.reason.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? ""
        let acked = act.outcomes.count { $0.status == .acked }
        let others = act.outcomes.filter { $0.status != .acked }.map {
            $0.detail ?? $0.status.rawValue
        }
        let outcome = ([acked > 0 ? "\(acked) acked" : nil] + others).compactMap { $0 }
        // An order may be much older than the recording in which it holds.
        let isOld = times.map { act.at < $0.lowerBound } ?? false
        let at =
            isOld
            ? "\(TimeText.dateForPeople(act.at)), before the recording," : TimeText.clock(act.at)
        return "\(at) \(command.who ?? "somebody") \(what)\(reason)"
            + (outcome.isEmpty ? "" : ": \(outcome.joined(separator: ", "))")
    }

    private static func count(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }

    private static func share(_ share: Double?) -> String {
        share.map { String(format: "%.1f %%", $0 * 100) } ?? "none"
    }
}

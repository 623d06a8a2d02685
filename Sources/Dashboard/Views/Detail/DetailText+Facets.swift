import Fleet
import ResilienceWire
import Screen

extension DetailText {
    /// The figures of the strategy's layers, such as bulkhead or hedge: present gauges, and counts
    /// of five minutes.
    var facets: [[Span]] {
        let present = row.present
        var lines: [[Span]] = []
        if let bulkhead = present.bulkhead {
            lines.append(
                line(
                    "bulkhead", "\(bulkhead.active) active, \(bulkhead.queued) queued",
                    "\(Format.count(window.bulkhead?.rejected ?? 0)) rejected in 5m"))
        }
        if present.hedge != nil {
            let hedge = window.hedge
            lines.append(
                line(
                    "hedges", "\(Format.count(hedge?.launched ?? 0)) launched",
                    "\(Format.count(hedge?.won ?? 0)) won in 5m"))
        }
        if present.fallback != nil {
            let fallback = window.fallback
            let age = fallback?.oldestAgeMS.map { " (to \(Format.duration($0)) old)" } ?? ""
            lines.append(
                line(
                    "fallback", "\(Format.count(fallback?.used ?? 0)) used",
                    "\(Format.count(fallback?.cached ?? 0)) from cache\(age) in 5m"))
        }
        if let budget = present.budget {
            lines.append(
                line(
                    "budget", "\(Format.percent(budget.remaining)) left",
                    "\(Format.count(window.budget?.denied ?? 0)) retries denied in 5m"))
        }
        if present.idempotency != nil {
            let spared = window.idempotency
            lines.append(
                line(
                    "keys", "\(Format.count(spared?.executed ?? 0)) run",
                    "\(Format.count(spared?.shared ?? 0)) shared, "
                        + "\(Format.count(spared?.replayed ?? 0)) replayed in 5m"))
        }
        if present.batch != nil {
            let batch = window.batch
            lines.append(
                line(
                    "batches", "\(Format.count(batch?.partial ?? 0)) partial",
                    "\(Format.count(batch?.failed ?? 0)) of "
                        + "\(Format.count(batch?.items ?? 0)) items failed in 5m"))
        }
        if present.stream != nil, let bytes = window.stream?.firstByte, !bytes.isEmpty {
            func time(_ share: Double) -> String {
                bytes.percentile(share).map(Format.latency) ?? "-"
            }
            lines.append(
                line("stream", "first byte p50 \(time(0.5))", "p95 \(time(0.95)) in 5m"))
        }
        return lines
    }

    private func line(_ label: String, _ now: String, _ since: String) -> [Span] {
        let blanks = String(repeating: " ", count: max(1, 9 - label.count))
        return [Span(label + blanks, .muted), Span("\(now), \(since)")]
    }
}

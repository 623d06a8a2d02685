import Fleet
import ResilienceWire
import Screen

extension DetailText {
    /// What is particular to the strategy's layers: what there is of them now, and what they did in
    /// five minutes.
    var facets: [[Span]] {
        let present = row.present
        var lines: [[Span]] = []
        if let bulkhead = present.bulkhead {
            lines.append(
                line(
                    "bulkhead", "\(bulkhead.active) active, \(bulkhead.queued) queued",
                    "\(Words.count(window.bulkhead?.rejected ?? 0)) rejected in 5m"))
        }
        if present.hedge != nil {
            let hedge = window.hedge
            lines.append(
                line(
                    "hedges", "\(Words.count(hedge?.launched ?? 0)) launched",
                    "\(Words.count(hedge?.won ?? 0)) won in 5m"))
        }
        if present.fallback != nil {
            let fallback = window.fallback
            let age = fallback?.oldestAgeMS.map { " (to \(Words.duration($0)) old)" } ?? ""
            lines.append(
                line(
                    "fallback", "\(Words.count(fallback?.used ?? 0)) used",
                    "\(Words.count(fallback?.cached ?? 0)) from cache\(age) in 5m"))
        }
        if let budget = present.budget {
            lines.append(
                line(
                    "budget", "\(Words.percent(budget.remaining)) left",
                    "\(Words.count(window.budget?.denied ?? 0)) retries denied in 5m"))
        }
        if present.idempotency != nil {
            let spared = window.idempotency
            lines.append(
                line(
                    "keys", "\(Words.count(spared?.executed ?? 0)) run",
                    "\(Words.count(spared?.shared ?? 0)) shared, "
                        + "\(Words.count(spared?.replayed ?? 0)) replayed in 5m"))
        }
        if present.batch != nil {
            let batch = window.batch
            lines.append(
                line(
                    "batches", "\(Words.count(batch?.partial ?? 0)) partial",
                    "\(Words.count(batch?.failed ?? 0)) of "
                        + "\(Words.count(batch?.items ?? 0)) items failed in 5m"))
        }
        return lines
    }

    private func line(_ label: String, _ now: String, _ since: String) -> [Span] {
        let blanks = String(repeating: " ", count: max(1, 9 - label.count))
        return [Span(label + blanks, .muted), Span("\(now), \(since)")]
    }
}

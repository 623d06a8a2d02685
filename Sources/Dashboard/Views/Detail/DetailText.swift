import Fleet
import ResilienceWire
import Screen

/// The details of a row as lines.
struct DetailText {
    let row: Row
    let fleet: Fleet
    let now: Int64
    let glyphs: Glyphs
    let clock: WallClock
    let runbook: Runbook?
    /// The counters of the last minute and of the last five minutes.
    let minute: Counters
    let window: Counters

    init(_ row: Row, in state: State, glyphs: Glyphs) {
        self.row = row
        fleet = state.shownFleet
        now = state.shownNow
        self.glyphs = glyphs
        clock = state.clock
        runbook = row.runbook(among: state.session.runbooks)
        minute = row.counters(last: 60_000)
        window = row.counters(last: 300_000)
    }

    /// The row's title with the number of instances.
    var name: String {
        row.title(in: fleet) + (row.isFolded ? " x\(row.members.count)" : "")
    }

    /// Rates, retries, latency, calls in flight and limits.
    func figures(width: Int) -> [[Span]] {
        [summary("1m", minute), summary("5m", window)] + retries(width: width)
            + [latency, underWay] + facets + limits + page
    }

    /// The row in one line: the problem and the errors.
    var gist: [Span] {
        let why = row.breaker.map { breaker in
            if let flap = row.flap { return ": \(flap.words), now \(breaker.state.words)" }
            return
                row.order.map { ", by \($0.who)" + ($0.order.reason.map { ": \($0)" } ?? "") }
                ?? (breaker.why.isEmpty || breaker.state == .closed ? "" : ": \(breaker.why)")
        }
        let state = RowCells(row, at: now, glyphs: glyphs, isUnfolded: false).stateCell
        let errors = minute.errorShares.prefix(4)
            .map { "\($0.type) \(Format.percent($0.share))" }.joined(separator: ", ")
        return state + [
            Span(why ?? ""), Span(errors.isEmpty ? "; no errors in 1m" : "; errors 1m: ", .muted),
            Span(errors),
        ]
    }

    private func summary(_ span: String, _ counters: Counters) -> [Span] {
        guard let served = counters.servedRate else {
            return [Span("\(span) ", .muted), Span("no calls", .muted)]
        }
        let success = counters.successRate.map { " success \(Format.percent($0))" } ?? ""
        let tries = counters.amplification.map { " \(Format.tries($0))" } ?? ""
        return [
            Span("\(span) ", .muted), Span("served \(Format.percent(served))"), Span(success),
            Span(tries), Span(" of \(Format.volume(counters.wanted)) calls", .muted),
        ]
    }

    private func retries(width: Int) -> [[Span]] {
        guard let shares = window.retryShares else { return [] }
        var calls = [0, 0, 0, 0]
        for entry in window.retries { calls[min(max(0, entry.retries), 3)] += entry.calls }
        return ["0", "1", "2", "3+"].indices.map { index in
            let label = ["retries 0 ", "        1 ", "        2 ", "        3+"][index]
            let count = Format.count(calls[index])
            let tail =
                Self.padded(Format.percent(shares[index]), to: 6)
                + Self.padded(count, to: 8)
            let room = max(3, min(30, width - label.count - tail.count - 1))
            let bar = Bar(shares[index]).padded(width: room, glyphs: glyphs)
            return [Span("\(label) ", .muted), Span(bar, .series1), Span(tail)]
        }
    }

    private var latency: [Span] {
        func value(_ share: Double) -> String {
            window.percentile(share).map(Format.latency) ?? "-"
        }
        return [
            Span("latency ", .muted),
            Span("p50 \(value(0.5))  p95 \(value(0.95))  p99 \(value(0.99))"),
        ]
    }

    private var underWay: [Span] {
        var spans = [
            Span("calls   ", .muted),
            Span("\(row.inFlight) in flight, \(row.waiting) waiting"),
        ]
        if row.inFlight > 0, row.oldestMS > 0 {
            spans.append(
                Span(", oldest \(Format.duration(row.oldestMS))", row.isStuck ? .warn : .text))
        }
        return spans
    }

    private var page: [[Span]] {
        runbook.map { [[Span("runbook ", .muted), Span($0.url, .info)]] } ?? []
    }

    private var limits: [[Span]] {
        guard row.parts.count < 2 else {
            return [
                [Span("limits  ", .muted), Span("unfold the row to see them", .muted)]
            ]
        }
        return LimitEntry.all(of: row.responsive, in: fleet).map { entry in
            let why = entry.reading.why.isEmpty ? "" : ": \(entry.reading.why)"
            let by = " by \(entry.who)" + (entry.isPinned ? ", pinned" : "") + why
            let bounds = entry.bounds.isEmpty ? "" : " (\(entry.bounds))"
            return [
                Span("limit   ", .muted), Span("\(entry.reading.name) \(entry.value)"),
                Span(bounds + by, .muted),
            ]
        }
    }

    /// The error types of failed attempts, most frequent first, with their last messages.
    func errors(width: Int) -> [[Span]] {
        let shares = window.errorShares
        guard !shares.isEmpty else { return [[Span("no failed attempts", .muted)]] }
        let longest = shares.prefix(6).map { DisplayWidth.of($0.type) }.max() ?? 0
        let nameWidth = min(longest, max(6, width - 12))
        return shares.prefix(12).flatMap { type, count, share -> [[Span]] in
            let name = DisplayWidth.clip(type, to: nameWidth, ellipsis: glyphs[.ellipsis])
            let blanks = String(repeating: " ", count: nameWidth - DisplayWidth.of(name) + 1)
            let tail = Self.padded(Format.percent(share), to: 6)
            let room = max(2, min(24, width - nameWidth - 1 - tail.count))
            let bar = Bar(share).padded(width: room, glyphs: glyphs)
            let line = [Span(name + blanks), Span(bar, .series2), Span(tail)]
            guard let message = window.messages.first(where: { $0.type == type }) else {
                return [line]
            }
            return [line, [Span("  \(message.text)", .muted)]]
        }
    }

    static func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

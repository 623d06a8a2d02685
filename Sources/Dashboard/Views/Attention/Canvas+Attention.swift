import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// Draws the attention strip in one line: counts first, then problems, worst first.
    mutating func drawAttention() {
        var strip = StatusLine(separator: Span(" \(glyphs[.separator]) ", .border))
        let counts = self.counts.flatMap { [$0, Span("  ")] }.dropLast()
        let problems = state.attention.problems
        // On a narrow screen the worst problem is more useful than the counts. The number of alerts
        // stays.
        let hasRoom = problems.isEmpty || state.size.width >= 60
        if !alerts.isEmpty { strip.add(alerts, dropOrder: hasRoom ? 0 : 1) }
        if !counts.isEmpty { strip.add(Array(counts), dropOrder: problems.isEmpty ? 0 : 1) }
        let departure = problems.isEmpty ? nil : Calm.departure(state)
        if let departure { strip.add([Span(departure, .error)], dropOrder: 0) }
        let width = max(0, state.size.width - 2)
        let first = strip.pieces.count
        // More problems cannot fit, and there may be thousands.
        for (index, problem) in problems.prefix(width).enumerated() {
            let isFirst = index == 0 && departure == nil
            strip.add(words(for: problem), dropOrder: isFirst ? 0 : index + 2)
        }
        if problems.isEmpty { strip.add([Span(calm.words, calm.isQuiet ? .ok : .warn)]) }
        func hidden(_ width: Int) -> Int {
            problems.count
                - max(departure == nil ? 1 : 0, strip.fitting(width).count { $0 >= first })
        }
        let room =
            problems.count > (departure == nil ? 1 : 0) && hidden(width) > 0
            ? max(0, width - 10) : width
        var spans = strip.spans(width: room, ellipsis: glyphs[.ellipsis])
        if room < width { spans += [Span("  +\(hidden(room)) more", .warn)] }
        grid.put(spans, x: 1, y: panes.attention.y, maxWidth: width)
    }

    private var calm: Calm { Calm(state) }

    /// The number of firing and of silenced alerts.
    private var alerts: [Span] {
        let firing = state.attention.firing
        return some(firing, firing == 1 ? "ALERT" : "ALERTS", .error)
            + (firing > 0 && state.attention.silenced > 0 ? [Span("  ")] : [])
            + some(state.attention.silenced, "silenced", .muted)
    }

    private func some(_ count: Int, _ words: String, _ role: Role) -> [Span] {
        count == 0 ? [] : [Span("\(count) \(words)", role)]
    }

    private var counts: [Span] {
        let attention = state.attention
        return some(attention.flapping, "FLAPPING", .open)
            + attention.counts.map { Span("\($0.count) \($0.state.label)", $0.state.role) }
    }

    private func words(for problem: Attention.Problem) -> [Span] {
        let name = " \(problem.name) "
        func left(_ until: Int64?) -> String {
            until.map { "\(Format.countdown($0 - now)) left" } ?? "until reset"
        }
        switch problem.kind {
        case .open(let served, let probeAt):
            let share = served.map { "\(Format.percent($0)) served, " } ?? ""
            let probe = probeAt.map { "probe in \(Format.countdown($0 - now))" } ?? "no probe"
            return [Span(String(glyphs[.open]), .open), Span(name, .title), Span(share + probe)]
        case .flapping(let flap):
            return [
                Span(String(glyphs[.warning]), .open), Span(name, .title),
                Span("flapping: \(flap.words)"),
            ]
        case .storm(let tries):
            return warning(name, "retry storm \(Format.tries(tries))")
        case .stuck(let oldest):
            return warning(name, "stuck, oldest call \(Format.duration(oldest))")
        case .exhausted(let remaining):
            return warning(name, "retry budget exhausted, \(Format.percent(remaining)) left")
        case .full(let queued):
            return warning(name, "bulkhead full, \(queued) queued")
        case .stale(let since):
            return [
                Span(String(glyphs[.stale]), .warn), Span(name, .title),
                Span("stale \(Format.age(now - since))"),
            ]
        case .gone(let why):
            return [
                Span(String(glyphs[.failed]), .error), Span(name, .title),
                Span(why.isEmpty ? "gone" : "gone: \(why)"),
            ]
        case .forced(let who, let until):
            return [
                Span(String(glyphs[.forced]), .forced), Span(name, .title),
                Span("forced by \(who), \(left(until))"),
            ]
        case .disabled(let who):
            return [
                Span(String(glyphs[.disabled]), .disabled), Span(name, .title),
                Span("disabled by \(who)"),
            ]
        case .pinned(let limit, let value):
            return [
                Span(String(glyphs[.forced]), .forced), Span(name, .title),
                Span("\(limit) pinned at \(Format.number(value))"),
            ]
        case .standing(let order, let who, let until):
            return [
                Span(String(glyphs[.forced]), .forced), Span(name, .title),
                Span("standing order \(order), by \(who), \(left(until))"),
            ]
        case .alert(let alert, let since):
            return warning(
                name,
                "\(alert.rule) for \(Format.age(now - since))"
                    + (alert.detail.isEmpty ? "" : ": \(alert.detail)"))
        }
    }

    private func warning(_ name: String, _ words: String) -> [Span] {
        [Span(String(glyphs[.warning]), .warn), Span(name, .title), Span(words)]
    }
}

extension BreakerState {
    /// The colour role of the state.
    var role: Role {
        switch self {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        case .forcedOpen: .forced
        case .disabled: .disabled
        }
    }

    /// The symbol of the state.
    var glyph: Glyph {
        switch self {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        case .forcedOpen: .forced
        case .disabled: .disabled
        }
    }
}

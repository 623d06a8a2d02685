import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// One line: how many of what, then what needs a person, worst first.
    mutating func drawAttention() {
        var strip = Strip(separator: Span(" \(glyphs[.separator]) ", .border))
        let counts = state.attention.counts.flatMap { entry in
            [Span("\(entry.count) \(entry.state.label)", entry.state.role), Span("  ")]
        }.dropLast()
        let problems = state.attention.problems
        // On a narrow screen the worst problem says more than the counts.
        if !counts.isEmpty { strip.add(Array(counts), dropOrder: problems.isEmpty ? 0 : 1) }
        let width = max(0, state.width - 2)
        let first = strip.pieces.count
        // More have no room anyhow, and there may be thousands.
        for (index, problem) in problems.prefix(width).enumerated() {
            strip.add(words(for: problem), dropOrder: index == 0 ? 0 : index + 1)
        }
        if problems.isEmpty { strip.add([quiet]) }
        func hidden(_ width: Int) -> Int {
            problems.count - max(1, strip.fitting(width).count { $0 >= first })
        }
        let room = problems.count > 1 && hidden(width) > 0 ? max(0, width - 10) : width
        var spans = strip.spans(width: room, ellipsis: glyphs[.ellipsis])
        if room < width { spans += [Span("  +\(hidden(room)) more", .warn)] }
        grid.put(spans, x: 1, y: panes.attention.y, maxWidth: width)
    }

    private var quiet: Span {
        if state.shownFleet.agents.isEmpty { return Span("no agents yet", .muted) }
        return Span("all quiet: no breaker is open, nothing is stuck", .ok)
    }

    private func words(for problem: Attention.Problem) -> [Span] {
        let name = " \(problem.name) "
        func left(_ until: Int64?) -> String {
            until.map { "\(Words.countdown($0 - now)) left" } ?? "until reset"
        }
        switch problem.kind {
        case .open(let served, let probeAt):
            let share = served.map { "\(Words.percent($0)) served, " } ?? ""
            let probe = probeAt.map { "probe in \(Words.countdown($0 - now))" } ?? "no probe"
            return [Span(String(glyphs[.open]), .open), Span(name, .title), Span(share + probe)]
        case .storm(let tries):
            return warning(name, "retry storm \(Words.tries(tries))")
        case .stuck(let oldest):
            return warning(name, "stuck, oldest call \(Words.duration(oldest))")
        case .exhausted(let remaining):
            return warning(name, "retry budget exhausted, \(Words.percent(remaining)) left")
        case .full(let queued):
            return warning(name, "bulkhead full, \(queued) queued")
        case .stale(let since):
            return [
                Span(String(glyphs[.stale]), .warn), Span(name, .title),
                Span("stale \(Words.age(now - since))"),
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
                Span("\(limit) pinned at \(Words.number(value))"),
            ]
        case .standing(let order, let who, let until):
            return [
                Span(String(glyphs[.forced]), .forced), Span(name, .title),
                Span("\(order) stands for who comes, by \(who), \(left(until))"),
            ]
        case .unrecorded(let why):
            return warning(name, why)
        }
    }

    private func warning(_ name: String, _ words: String) -> [Span] {
        [Span(String(glyphs[.warning]), .warn), Span(name, .title), Span(words)]
    }
}

extension BreakerState {
    /// How the state looks.
    var role: Role {
        switch self {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        case .forcedOpen: .forced
        case .disabled: .disabled
        }
    }

    /// The state's sign.
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

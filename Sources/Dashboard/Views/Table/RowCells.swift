import Fleet
import ResilienceWire
import Screen

/// The cells of a table row, as text and symbols.
struct RowCells {
    let row: Row
    let now: Int64
    let glyphs: Glyphs
    let isUnfolded: Bool
    private let minute: Counters

    init(_ row: Row, at now: Int64, glyphs: Glyphs, isUnfolded: Bool) {
        self.row = row
        self.now = now
        self.glyphs = glyphs
        self.isUnfolded = isUnfolded
        minute = row.counters(last: 60_000)
    }

    /// The content of the row in a column.
    func cell(_ column: TableColumn, isWide: Bool = false) -> [Span] {
        let spans =
            switch column {
            case .state: stateCell
            case .agent: [Span(label.first)]
            case .strategy: [Span(label.second)]
            case .served: [served]
            case .failures: [rate(row.failedRate, .error)]
            case .rejections: [rate(row.rejectedRate, .warn)]
            case .tries: [tries]
            case .cap: [Span(cap)]
            case .p95: [Span(minute.percentile(0.95).map(Format.latency) ?? "-")]
            case .retries: [Span(retries)]
            case .trend: trend(TableColumn.trendWidth(isWide: isWide))
            case .why: [Span(why)]
            }
        guard row.presence != .up else { return spans }
        return column == .state ? spans : spans.map { Span($0.text, .stale) }
    }

    // MARK: - State

    /// Symbol, state, share of instances, and time.
    var stateCell: [Span] {
        switch row.presence {
        case .stale: return silent("STALE", .warn)
        case .gone: return silent("GONE", .error)
        case .up: break
        }
        if let flap = row.flap {
            return [Span("\(glyphs[.warning]) FLAPPING \(flap.count)x", .open)]
        }
        guard let breaker = row.breaker else { return [Span("-", .muted)] }
        var spans = [
            Span("\(glyphs[breaker.state.glyph]) \(breaker.state.label)", breaker.state.role)
        ]
        let count = row.count(in: breaker.state)
        if count < row.responsive.count { spans.append(Span(" \(count)/\(row.responsive.count)")) }
        if let time = time(of: breaker) { spans.append(Span(" \(time)")) }
        return spans
    }

    private func silent(_ word: String, _ role: Role) -> [Span] {
        [
            Span("\(glyphs[.stale]) \(word)", role),
            Span(" \(Format.age(now - row.silentSince))", .muted),
        ]
    }

    /// The time until the next probe; empty if there is none. The age of a state is in the details.
    private func time(of breaker: StrategyRecord.Breaker) -> String? {
        switch breaker.state {
        case .open, .forcedOpen: breaker.probeAt.map { Format.countdown($0 - now) }
        case .closed, .halfOpen, .disabled: nil
        }
    }

    private var label: RowLabel { RowLabel(row, glyphs, isUnfolded: isUnfolded) }

    // MARK: - Figures

    private var served: Span {
        guard let share = row.minute.servedRate else { return Span("-", .muted) }
        let role: Role = share < 0.5 ? .error : share < Risk.servedShare ? .warn : .text
        // A percentage of a few calls would look too exact.
        guard row.minute.wanted >= 10 else {
            return Span("\(row.minute.ok)/\(row.minute.wanted)", role)
        }
        return Span(Format.percent(share), role)
    }

    private func rate(_ perSecond: Double, _ role: Role) -> Span {
        Span(Format.rate(perSecond), perSecond > 0 ? role : .muted)
    }

    private var tries: Span {
        guard let tries = row.minute.amplification else { return Span("-", .muted) }
        return Span(Format.tries(tries), row.isStorm ? .warn : .text)
    }

    /// The present attempt limit, and its maximum if there is room. A maximum that means "no bound"
    /// is not shown.
    private var cap: String {
        let limits = row.limits("max_attempts")
        guard let least = limits.min(by: { $0.value < $1.value }),
            let greatest = limits.max(by: { $0.value < $1.value })
        else { return "-" }
        let pin = limits.contains(where: \.pinned) ? "!" : ""
        guard least.value == greatest.value else {
            return "\(Format.number(least.value))-\(Format.number(greatest.value))\(pin)"
        }
        let value = Format.number(least.value) + pin
        guard let most = least.most, limits.allSatisfy({ $0.max == least.max }) else {
            return value
        }
        let both = "\(Format.number(least.value))/\(Format.number(most))\(pin)"
        return both.count <= TableColumn.capWidth ? both : value
    }

    private var retries: String {
        guard let shares = minute.retryShares else { return "-" }
        return shares.map { String(Int(($0 * 100).rounded())) }
            .joined(separator: String(glyphs[.dot])) + " %"
    }

    private func trend(_ width: Int) -> [Span] {
        let points = Trend.points(of: row.members, count: width, at: now)
        return Sparkline(points).spans(width: width, glyphs: glyphs)
    }

    // MARK: - Why

    private var why: String {
        switch row.presence {
        case .stale: return "silent" + (row.breaker.map { ", was \($0.state.words)" } ?? "")
        case .gone: return row.members.map(\.why).first { !$0.isEmpty } ?? "gone"
        case .up: break
        }
        if let flap = row.flap { return flap.words }
        if let shared = sharedError { return shared }
        if let breaker = row.breaker, breaker.state != .closed {
            if let order = row.order {
                return order.order.reason.map { "\(order.who): \($0)" } ?? "by \(order.who)"
            }
            if !breaker.why.isEmpty { return named(breaker.why, breaker) }
        }
        if row.isStuck { return "oldest call \(Format.duration(row.oldestMS))" }
        guard let top = minute.errorShares.first else { return "-" }
        return "\(top.type) \(Format.percent(top.share))"
    }

    /// The reason, prefixed with the strategy's name if the row has several strategies.
    private func named(_ why: String, _ breaker: StrategyRecord.Breaker) -> String {
        let part = row.parts.count > 1 ? row.parts.first { $0.breaker == breaker } : nil
        return part.map { "\(row.agents.count > 1 ? $0.name : $0.id.strategy): \(why)" } ?? why
    }

    /// The most frequent error of a group with several agents, and the number of agents that have
    /// it.
    private var sharedError: String? {
        guard row.parts.count > 1, row.agents.count > 1, let top = minute.errorShares.first else {
            return nil
        }
        let agents = Set(
            row.parts.filter { $0.has(error: top.type, last: 60_000) }.flatMap(\.agents))
        return "\(top.type) in \(Format.counted(agents.count, "agent"))"
    }
}

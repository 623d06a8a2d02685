import Fleet
import ResilienceWire
import Screen

extension DetailText {
    /// The breaker's state and trip rule, the standing orders, the states over five minutes, and
    /// the transitions, newest first.
    ///
    /// - Parameter limit: the maximum number of transitions. A line shows the number of further
    ///   ones.
    func timeline(width: Int, limit: Int = .max) -> [[Span]] {
        guard let breaker = row.breaker else {
            return [[Span("no breaker", .muted)]] + standing
        }
        let transitions = transitions
        return [present(breaker), rule(breaker)].filter { !$0.isEmpty } + standing
            + [history(width: width)] + transitions.prefix(limit)
            + (transitions.count > limit
                ? [[Span("\(transitions.count - limit) more at the end", .muted)]] : [])
    }

    private func history(width: Int) -> [Span] {
        let columns = max(1, min(60, width - 11))
        guard
            let history = BreakerHistory(
                row, in: fleet, columns: columns, span: 300_000, at: now)
        else { return [] }
        let states = history.states.map { state in
            state.map { Span(String(glyphs[$0.glyph]), $0.role) }
                ?? Span(String(glyphs[.noData]), .muted)
        }
        return [Span("5m ago ", .muted)] + states + [Span(" now", .muted)]
    }

    /// All transitions, if the timeline shows only the latest.
    func allTransitions(beyond limit: Int) -> [[Span]] {
        let all = row.breaker == nil ? [] : transitions
        return all.count > limit ? [[], [Span("Transitions", .title)]] + all : []
    }

    /// One line per instance of a folded row, or per strategy of a group.
    var instances: [[Span]] {
        guard row.isFolded else { return [] }
        let lines = Rows.parts(of: row, at: now).map { part in
            let text = RowCells(part, at: now, glyphs: glyphs, isUnfolded: false)
            let isInstance = part.id.instance != nil
            let name = isInstance ? part.members.first?.name ?? "" : part.title(in: fleet)
            return [Span("\(name)  ")] + text.stateCell
        }
        let title = row.parts.count > 1 ? "Strategies" : "Instances"
        return [[], [Span(title, .title)]] + lines
    }

    private func present(_ breaker: StrategyRecord.Breaker) -> [Span] {
        var words = " for \(Format.age(now - breaker.since))"
        switch breaker.state {
        case .open, .forcedOpen:
            words +=
                breaker.probeAt.map { ", probe in \(Format.countdown($0 - now))" }
                ?? ", until reset"
        case .halfOpen: words += breaker.halfOpenCalls.map { ", \($0) probes at a time" } ?? ""
        case .closed, .disabled: break
        }
        let who = row.order.map { order in
            ", by \(order.who)" + (order.order.reason.map { ": \($0)" } ?? "")
        }
        return [
            Span("\(glyphs[breaker.state.glyph]) \(breaker.state.label)", breaker.state.role),
            Span(words + (who ?? "")),
        ]
    }

    private func rule(_ breaker: StrategyRecord.Breaker) -> [Span] {
        var words: [String] = []
        if let trip = breaker.trip { words.append("opens at \(trip)") }
        if let time = breaker.openMS { words.append("for \(Format.duration(time))") }
        return words.isEmpty ? [] : [Span(words.joined(separator: ", "), .muted)]
    }

    private var transitions: [[Span]] {
        let all = fleet.transitions(in: row)
        guard !all.isEmpty else { return [[Span("no transitions in the journal", .muted)]] }
        return all.map { id, at, change in
            let tag =
                row.members.count == 1
                ? ""
                : row.parts.count > 1
                    ? "\(fleet.address(of: id, change.strategy)) " : "@\(fleet.digits(of: id)) "
            let by = change.by == .policy ? "" : " by \(change.by.rawValue)"
            let why = change.why.isEmpty ? "" : ": \(change.why)"
            return [
                Span("\(clock.time(at)) ", .muted), Span(tag, .muted),
                Span("\(change.from.words) -> "), Span(change.to.words, change.to.listRole),
                Span(by + why),
            ]
        }
    }
}

extension BreakerState {
    /// The colour role of the state in a list, less prominent than in the table.
    fileprivate var listRole: Role {
        switch self {
        case .closed: .closed
        case .open: .error
        case .halfOpen: .halfOpen
        case .forcedOpen: .forced
        case .disabled: .disabled
        }
    }
}

extension Fleet {
    /// The transitions of a row that are still in the journal, newest first.
    fileprivate func transitions(
        in row: Row
    ) -> [(id: InstanceID, at: Int64, change: BreakerChange)] {
        let members = Dictionary(grouping: row.members, by: \.id)
        return journal.compactMap { line in
            guard let id = line.source, case .breaker(let change) = line.message,
                let at = line.at,
                members[id]?.contains(where: { $0.strategy.name == change.strategy }) == true
            else { return nil }
            return (id: id, at: at, change: change)
        }.sorted { ($1.at, $1.change.version) < ($0.at, $0.change.version) }
    }
}

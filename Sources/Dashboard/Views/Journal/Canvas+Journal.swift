import Fleet
import Screen

extension Canvas {
    /// Draws the last entries that fit, the newest at the bottom.
    mutating func drawJournal() {
        let entries = state.journal.entries
        let offset = min(
            state.navigation.journalOffset, max(0, entries.count - panes.journal.height))
        var title = [title("Journal", of: .journal), Span(" ")]
        if offset > 0 { title.append(Span("\(Format.counted(offset, "line")) below ", .muted)) }
        divide(above: panes.journal, title: title)
        let shown = visible(entries.dropLast(offset), isAtEnd: offset == 0)
        if shown.isEmpty { draw([[Span(" no events yet", .muted)]], in: panes.journal) }
        draw(shown.map(line), in: panes.journal)
        guard let index = shown.firstIndex(where: { $0.isGoneTo(state.navigation.transition) })
        else { return }
        let line = Rect(
            x: panes.journal.x, y: panes.journal.y + index, width: panes.journal.width, height: 1)
        grid.restyle(line) { $0.ground = .selection }
    }

    /// The time for which the outcome of a command stays visible, in milliseconds.
    private static let outcomeMS: Int64 = 15_000

    /// The last entries that fit. The outcome of a recent command stays visible, however many other
    /// events follow.
    private func visible(
        _ entries: ArraySlice<JournalEntry>, isAtEnd: Bool
    ) -> [JournalEntry] {
        let shown = Array(entries.suffix(panes.journal.height))
        guard isAtEnd, shown.count > 1, let command = entries.last(where: { !$0.outcome.isEmpty }),
            now - command.at <= Self.outcomeMS, !shown.contains(command)
        else { return shown }
        return [command] + shown.dropFirst()
    }

    private func line(for entry: JournalEntry) -> [Span] {
        var spans = [Span(" \(state.clock.time(entry.at)) ", .muted)]
        guard !entry.outcome.isEmpty else {
            return spans + [Span(entry.text, entry.tone.role)]
        }
        // The outcome must be visible, however long the reason is.
        let tail = [Span(" -> ", .muted), Span(entry.outcome, entry.tone.role)]
        let room = max(20, panes.journal.width - spans.width - min(tail.width, 40))
        spans += [Span(entry.text)].clipped(to: room, ellipsis: glyphs[.ellipsis])
        return spans + tail
    }
}

extension JournalEntry {
    fileprivate func isGoneTo(_ mark: TransitionMark?) -> Bool {
        mark != nil && transition == mark
    }
}

extension JournalEntry.Tone {
    var role: Role {
        switch self {
        case .neutral: .text
        case .pending: .info
        case .good: .ok
        case .bad: .warn
        }
    }
}

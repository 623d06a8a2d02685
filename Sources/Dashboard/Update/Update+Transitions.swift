import Fleet
import ResilienceWire
import Screen

/// The identity of a breaker transition, independent of its position in the journal.
struct TransitionMark: Equatable, Sendable {
    let at: Int64
    let instance: InstanceID
    let strategy: String
    let version: Int

    /// Returns `nil` for a line that is not a transition.
    init?(_ line: Line) {
        guard case .breaker(let change) = line.message, let instance = line.source else {
            return nil
        }
        at = line.at ?? 0
        self.instance = instance
        strategy = change.strategy
        version = change.version
    }
}

extension State {
    /// Goes to the previous or next transition. In a replay it seeks to its time. Otherwise it
    /// selects its row, starting from the latest transition.
    mutating func goToTransition(by step: Int) -> [Effect] {
        if isReplay { return seek(.transition, step) }
        showTransition(by: step)
        return []
    }

    private mutating func showTransition(by step: Int) {
        let all = shownFleet.journal.compactMap { line in
            TransitionMark(line).map { (mark: $0, line: line) }
        }
        let present = all.lastIndex { $0.mark == navigation.transition }
        let index = present.map { $0 + step } ?? all.count - 1
        guard all.indices.contains(index) else {
            say(
                all.isEmpty
                    ? "the journal has no transition"
                    : "no \(step < 0 ? "earlier" : "later") transition in the journal")
            return
        }
        let found = all[index]
        navigation.transition = found.mark
        let name = RowID(agent: found.mark.instance.agent, strategy: found.mark.strategy)
        let what = JournalEntry(found.line, in: shownFleet)?.text ?? ""
        let place = "transition \(index + 1) of \(all.count), \(clock.time(found.mark.at)) "
        if navigation.errors != nil { navigation.closePages() }
        showInJournal(found.mark)
        guard let row = table.reveal(name) else {
            say("\(place)\(what) (not in the table)")
            return
        }
        table.selection = row
        navigation.detailOffset = 0
        rearrange()
        say(place + what)
    }

    /// Scrolls the journal so that a transition is in view.
    private mutating func showInJournal(_ mark: TransitionMark) {
        guard let index = journal.entries.firstIndex(where: { $0.transition == mark }) else {
            return
        }
        let height = Panes(self).journal.height
        let below = journal.entries.count - 1 - index
        navigation.journalOffset = min(max(navigation.journalOffset, below - height + 1), below)
    }
}

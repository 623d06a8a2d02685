import ResilienceWire
import Screen

extension State {
    /// Sends a key to the part of the screen that has the focus.
    mutating func press(_ key: Key) -> [Effect] {
        // While the screen is too small to show anything, only `q` works.
        if Panes(self).isTooSmall {
            if key == .character("q"), case .none = navigation.overlay { return [.quit] }
            guard key == .escape else { return [] }
        }
        notice = nil
        time.frozen?.showWaiting()
        switch navigation.overlay {
        case .none: return command(key)
        case .help(let offset):
            scrollHelp(key, from: offset)
            return []
        case .dialog(var dialog):
            let answer = dialog.handle(key)
            navigation.overlay = .dialog(dialog)
            return conclude(dialog, answer)
        case .limits(var list):
            let answer = list.handle(key)
            conclude(list, answer)
            return []
        case .command(var line):
            let answer = line.handle(key, history: history)
            return conclude(line, answer)
        case .filter(var field):
            type(key, into: &field)
            return []
        }
    }

    private mutating func command(_ key: Key) -> [Effect] {
        if key == .character("g") {
            if navigation.pressG() { move(Movement.first) }
            return []
        }
        navigation.forgetG()
        if time.past != nil, key == .end { return returnToPresent() }
        if isReplay, let tenths = KeyTable.tenths(of: key) { return seek(tenths: tenths) }
        guard let intent = KeyTable.intent(of: key, isReplay: isReplay) else {
            sayWhatItIsNot(key)
            return []
        }
        return perform(intent)
    }

    private mutating func sayWhatItIsNot(_ key: Key) {
        guard case .character(let sign) = key else { return }
        let isOfReplay = KeyTable.intent(of: key, isReplay: true) != nil
        say(
            isOfReplay
                ? "'\(sign)' works in a recording or the past; , goes back in time"
                : "'\(sign)' has no function here; ? lists the keys")
    }

    /// Carries out the intent of a key or a command word.
    mutating func perform(_ intent: Intent) -> [Effect] {
        switch intent {
        case .move(let movement): move(movement)
        case .fold: setFolded(true)
        case .unfold: setFolded(false)
        case .nextPane: navigation.focus = navigation.focus == .table ? .journal : .table
        case .enter: enter()
        case .back: back()
        case .filter:
            navigation.closePages()
            navigation.overlay = .filter(TextField(table.filter.text))
        case .sort: arrange { $0.sort.cycle() }
        case .reverse: arrange { $0.sort.isReversed.toggle() }
        case .group: group(by: table.grouping.next)
        case .errors: showErrors()
        case .earlier: return goToTransition(by: -1)
        case .later: return goToTransition(by: 1)
        case .earlierCommand: return seek(.command, -1)
        case .laterCommand: return seek(.command, 1)
        case .earlierAlert: return seek(.alert, -1)
        case .laterAlert: return seek(.alert, 1)
        case .copyAddress: return copyAddress()
        case .copyRow: return copyRow()
        case .command: navigation.overlay = .command(CommandLine(completion))
        case .nextProblem: goToNextProblem()
        case .pause: return pause()
        case .step: return [.replay(.step(1))]
        case .stepBack: return isReplay ? [.replay(.step(-1))] : goToPast()
        // Digit keys are handled earlier; only the command word arrives here.
        case .seek: say("0 to 9 go to 0 to 90% of the recording")
        case .slower: return changeSpeed(by: 0.5)
        case .faster: return changeSpeed(by: 2)
        case .open: ask(.open)
        case .reset: ask(.reset)
        case .probe: ask(.probe)
        case .limits: askForLimits()
        case .help: navigation.overlay = .help(offset: 0)
        case .quit: return [.quit]
        }
        return []
    }

    private mutating func enter() {
        guard !navigation.page.isDetail, let row = selectedRow else { return }
        guard navigation.page.isMain else {
            navigation.show(.detail)
            return
        }
        if case .group(.agent(let agent)) = row.id {
            look(at: agent)
        } else if row.isFolded {
            table.toggle(row.id)
            rearrange()
        } else {
            navigation.show(.detail)
        }
    }

    private mutating func back() {
        if navigation.closePage() {
            rearrange()
        } else if navigation.focus == .journal {
            navigation.focus = .table
            navigation.journalOffset = 0
        } else if let agent = table.agent {
            table.agent = nil
            table.selection = .group(.agent(agent))
            rearrange()
        } else if !table.filter.isEmpty {
            table.filter = Filter()
            rearrange()
        }
        scroll()
    }

    /// Shows the strategies of one agent.
    mutating func look(at agent: String) {
        navigation.closePages()
        navigation.focus = .table
        table.agent = agent
        table.selection = nil
        rearrange()
    }

    /// Changes the view of the table.
    mutating func arrange(_ change: (inout TableView) -> Void) {
        navigation.closePages()
        change(&table)
        rearrange()
    }

    /// Groups the rows differently. The selected row stays in view.
    mutating func group(by grouping: Grouping) {
        guard table.agent == nil else {
            say("one agent's strategies are not grouped; Esc goes back to all agents")
            return
        }
        let strategy = selectedRow.flatMap { $0.ungrouped ?? $0.parts.first?.id.ungrouped }
        navigation.closePages()
        table.grouping = grouping
        table.selection = nil
        rearrange()
        if let row = strategy.flatMap({ table.row(with: $0) }) { table.selection = row }
        scroll()
    }

    private mutating func setFolded(_ isFolded: Bool) {
        guard navigation.page.isMain, let row = selectedRow else { return }
        var id = row.id
        if isFolded, !table.isUnfolded(id), let parent = table.shownParent(of: id) { id = parent }
        guard id != row.id || row.isFolded, table.isUnfolded(id) == isFolded else { return }
        table.toggle(id)
        table.selection = id
        rearrange()
    }

    private mutating func goToNextProblem() {
        guard let row = attention.row(after: selectedRow?.ungrouped) else {
            say(Calm(self).words)
            return
        }
        guard let shown = table.reveal(row) else {
            let what = table.agent.map { "the view of \($0)" } ?? "the filter"
            say("\(what) hides \(row.agent):\(row.strategy); Esc clears it")
            return
        }
        table.selection = shown
        if navigation.errors != nil { navigation.closePages() }
        rearrange()
        navigation.focus = .table
        navigation.detailOffset = 0
        scroll()
    }

    private mutating func type(_ key: Key, into field: inout TextField) {
        switch key {
        case .enter: navigation.overlay = .none
        case .escape:
            navigation.overlay = .none
            field = TextField()
        case .character, .tab, .backTab, .up, .down, .left, .right, .pageUp, .pageDown, .home,
            .end, .backspace, .delete, .control, .paste:
            _ = field.handle(key)
            navigation.overlay = .filter(field)
        }
        table.filter = Filter(field.text)
        rearrange()
    }

    private mutating func scrollHelp(_ key: Key, from offset: Int) {
        switch KeyTable.intent(of: key, isReplay: isReplay) {
        case .move(let movement):
            let line = movement.target(
                from: offset, page: max(1, size.height - 4), last: HelpPage.lastOffset(self))
            navigation.overlay = .help(offset: line)
        case .fold, .unfold, .nextPane, .enter, .back, .filter, .sort, .reverse, .group,
            .errors, .earlier, .later, .earlierCommand, .laterCommand, .earlierAlert, .laterAlert,
            .seek, .copyAddress, .copyRow, .command, .nextProblem, .pause,
            .step, .stepBack, .slower, .faster, .open, .reset, .probe, .limits, .help, .quit, nil:
            navigation.overlay = .none
        }
    }
}

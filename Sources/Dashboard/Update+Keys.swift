import ResilienceWire
import Screen

extension State {
    /// Hands a key to whatever has the keyboard.
    mutating func press(_ key: Key) -> [Effect] {
        notice = nil
        frozen?.showWaiting()
        switch overlay {
        case .none: return command(key)
        case .help(let offset):
            scrollHelp(key, from: offset)
            return []
        case .dialog(var dialog):
            let answer = dialog.handle(key)
            overlay = .dialog(dialog)
            return conclude(dialog, answer)
        case .limits(var list):
            let answer = list.handle(key)
            conclude(list, answer)
            return []
        case .filter(var field):
            type(key, into: &field)
            return []
        }
    }

    private mutating func command(_ key: Key) -> [Effect] {
        if key == .character("g") {
            if hasPendingG { move(.first) }
            hasPendingG.toggle()
            return []
        }
        hasPendingG = false
        guard let intent = KeyTable.intent(of: key, isReplay: isReplay) else { return [] }
        switch intent {
        case .up, .down, .pageUp, .pageDown, .first, .last: move(intent)
        case .fold: setFolded(true)
        case .unfold: setFolded(false)
        case .nextPane: focus = focus == .table ? .journal : .table
        case .enter: enter()
        case .back: back()
        case .filter: overlay = .filter(TextField(table.filter.text))
        case .sort:
            table.sort.cycle()
            refresh()
        case .reverse:
            table.sort.isReversed.toggle()
            refresh()
        case .nextProblem: goToNextProblem()
        case .pause: return pause()
        case .step: return [.replay(.step(1))]
        case .slower: return setSpeed(playback.speed / 2)
        case .faster: return setSpeed(playback.speed * 2)
        case .open: ask(.open)
        case .reset: ask(.reset)
        case .probe: ask(.probe)
        case .limits: askForLimits()
        case .help: overlay = .help(offset: 0)
        case .quit: return [.quit]
        }
        return []
    }

    private mutating func enter() {
        guard let row = selectedRow else { return }
        if page == .main, row.isFolded {
            table.toggle(row.id)
            refresh()
        } else if page == .main {
            page = .detail
            detailOffset = 0
        }
    }

    private mutating func back() {
        if page == .detail {
            page = .main
        } else if focus == .journal {
            focus = .table
            journalOffset = 0
        } else if !table.filter.isEmpty {
            table.filter = Filter()
            refresh()
        }
        scroll()
    }

    private mutating func setFolded(_ isFolded: Bool) {
        guard page == .main, let row = selectedRow else { return }
        if isFolded, row.id.instance != nil { table.selection = row.id.folded }
        let id = row.id.folded
        let canFold = row.isFolded || row.id.instance != nil
        guard canFold, table.isUnfolded(id) == isFolded else { return }
        table.toggle(id)
        refresh()
    }

    private mutating func goToNextProblem() {
        guard let row = attention.row(after: table.selection) else {
            say("no problems: all quiet")
            return
        }
        guard table.rows.contains(where: { $0.id == row }) else {
            say("the filter hides \(row.agent):\(row.strategy); Esc clears it")
            return
        }
        table.selection = row
        focus = .table
        detailOffset = 0
        scroll()
    }

    private mutating func type(_ key: Key, into field: inout TextField) {
        switch key {
        case .enter: overlay = .none
        case .escape:
            overlay = .none
            field = TextField()
        case .character, .tab, .backTab, .up, .down, .left, .right, .pageUp, .pageDown, .home,
            .end, .backspace, .delete, .control, .paste:
            _ = field.handle(key)
            overlay = .filter(field)
        }
        table.filter = Filter(field.text)
        refresh()
    }

    private mutating func scrollHelp(_ key: Key, from offset: Int) {
        switch KeyTable.intent(of: key, isReplay: isReplay) {
        case .up: overlay = .help(offset: max(0, offset - 1))
        case .down: overlay = .help(offset: min(offset + 1, KeyTable.bindings.count))
        case .pageUp, .pageDown, .first, .last, .fold, .unfold, .nextPane, .enter, .back,
            .filter, .sort, .reverse, .nextProblem, .pause, .step, .slower, .faster, .open,
            .reset, .probe, .limits, .help, .quit, nil:
            overlay = .none
        }
    }
}

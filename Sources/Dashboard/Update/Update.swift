import Fleet
import ResilienceWire
import Screen

/// Takes in what happened, and says what is to be done about it.
public func update(_ state: inout State, _ event: Event) -> [Effect] {
    switch event {
    case .key(let key):
        return state.press(key)
    case .batch(let lines):
        return state.take(lines)
    case .fleet(let fleet):
        state.stream.replace(with: fleet)
        guard state.isLive else { return [] }
        state.refresh()
        return [.draw]
    case .tick(let at):
        state.now = at
        if state.isLive { state.refresh() }
        return state.runs ? [.draw] : []
    case .clock(let at):
        state.now = at
        return state.runs ? [.draw] : []
    case .secondPassed:
        let isOld = state.ageNotice()
        return state.ageSilence() || isOld ? [.draw] : []
    case .connected:
        state.link = .connected
        state.refresh()
    case .silent(let milliseconds):
        state.fallSilent(for: milliseconds)
    case .heard:
        state.hearAgain()
    case .hubsMissing(let outages):
        let news = outages.filter { outage in
            !state.outages.contains { $0.name == outage.name && $0.isSilence == outage.isSilence }
        }
        if !news.isEmpty {
            state.say("hub lost: \(news.map(\.words).joined(separator: "; "))")
        }
        state.outages = outages
    case .disconnected(let why):
        state.lose(why)
    case .past(let event):
        return state.take(past: event)
    case .timeline(let timeline):
        state.timeline = timeline
        state.scroll()
    case .replayFailed(let why):
        state.playback.end = .damaged(why)
        state.say("nothing is shown: \(why)")
    case .replayEnded(let damage):
        state.playback.end = damage.map { .damaged($0) } ?? .whole
        state.say(damage.map { "the recording is damaged: \($0)" } ?? "end of the recording")
    case .recording(let news):
        // A view that stands still has no figures that run.
        if state.isLive || news == nil { state.recording = news }
    case .notice(let text):
        state.say(text)
    case .resized(let width, let height):
        state.width = max(0, width)
        state.height = max(0, height)
        state.scroll()
    }
    return []
}

extension State {
    /// Whether what comes is shown as it comes.
    fileprivate var isLive: Bool { frozen == nil && past == nil }

    /// Whether anything on the screen changes with time alone: where the view stands still, how long
    /// the hub has been lost.
    fileprivate var runs: Bool {
        isLive || !link.isConfirmed
    }

    /// Shows a line for people for a while.
    mutating func say(_ text: String) {
        notice = Notice(text: text)
    }

    /// Computes anew what is shown, from what is known.
    mutating func refresh() {
        guard stream.isWhole || !isLive else { return }
        let shown = shownFleet
        let folded = Rows.folded(shown, at: shownNow)
        let looked = page.isDetail ? selectedRow : nil
        table.take(
            folded, at: shownNow, holdsStill: overlay.holdsStill, keepsSelection: looked != nil)
        if var view = errors {
            view.take(
                folded, at: shownNow, holdsStill: overlay.holdsStill || page.isDetail)
            replace(view)
        }
        hold(looked, folded, shown)
        attention = Attention(folded, shown, at: shownNow)
        renewQuestion()
        readJournal(shown)
        scroll()
    }

    /// A page of a row stays that row's, though the table do not show it any more.
    private mutating func hold(_ looked: Row?, _ folded: [Row], _ fleet: Fleet) {
        held = nil
        guard let looked, looked.id == table.selection, table.selectedIndex == nil else { return }
        held = Rows.row(looked.id, in: folded, fleet, at: shownNow) ?? looked
    }

    /// Brings the selected row into view, and the journal back to lines that exist.
    mutating func scroll() {
        let panes = Panes(self)
        table.offset = Table.offset(
            showing: table.selectedIndex, of: table.rows.count,
            visible: Table.visibleRows(height: panes.table.height), from: table.offset)
        let most = max(0, journal.entries.count - panes.journal.height)
        journalOffset = min(max(0, journalOffset), most)
        if page.isDetail, detailOffset > 0 {
            detailOffset = min(detailOffset, DetailPage.lastOffset(self))
        }
    }

    /// Figures show with the next tick, or the screen would be made anew for each line.
    fileprivate mutating func take(_ lines: LineBatch) -> [Effect] {
        var changesRows = false
        var effects: [Effect] = []
        do throws(WireError) {
            try lines.forEach { line in
                stream.apply(line)
                changesRows = changesRows || line.message.changesRows
                // What a keyframe tells is of the past.
                if stream.isWhole, line.message.isEvent { frozen?.waiting += 1 }
            }
        } catch {
            // What it said may have been anything: a new keyframe tells it again.
            effects = [.reconnect(why: "the hub said what cannot be read: \(error)")]
        }
        guard isLive, changesRows else { return effects }
        refresh()
        return effects + [.draw]
    }

    fileprivate mutating func lose(_ why: String) {
        stream.forgetHalfAKeyframe()
        switch link {
        case .lost(let since, _):
            link = .lost(since: since, why: why)
        case .silent(let since, _):
            link = .lost(since: since, why: why)
            say("hub lost: \(why)")
        case .connecting, .connected:
            link = .lost(since: latest, why: why)
            say("hub lost: \(why)")
        }
        journal.lose()
        readJournal(shownFleet)
    }

    fileprivate mutating func fallSilent(for milliseconds: Int64) {
        switch link {
        case .silent, .lost: return
        case .connecting, .connected: break
        }
        let seconds = Int(milliseconds / 1_000)
        link = .silent(since: max(0, latest - milliseconds), seconds: seconds)
        say("the hub has said nothing for \(seconds)s: it is stopped, or the way to it stalls")
        refresh()
    }

    fileprivate mutating func hearAgain() {
        guard case .silent = link else { return }
        link = .connected
        say("the hub is heard again")
        refresh()
    }

    /// Whether the hub is silent, and has been for a second more.
    fileprivate mutating func ageSilence() -> Bool {
        guard case .silent(let since, let seconds) = link else { return false }
        link = .silent(since: since, seconds: seconds + 1)
        return true
    }

    /// What came of an order from here is said wherever the operator looks.
    private mutating func readJournal(_ fleet: Fleet) {
        journal.read(fleet, isPresent: past == nil)
        if let news = journal.takeNews() { notice = Notice(text: news.words, tone: news.tone) }
    }

    /// Whether it is over.
    fileprivate mutating func ageNotice() -> Bool {
        notice?.secondsLeft -= 1
        guard notice?.secondsLeft == 0 else { return false }
        notice = nil
        return true
    }
}

extension Message {
    /// What a line is to one who looks at the screen.
    private enum Weight {
        /// Seen with the next tick.
        case figures
        /// Seen at once: what the rows say, though nothing happened.
        case state
        /// Seen at once, and counted while the view stands still.
        case event
    }

    private var weight: Weight {
        switch self {
        case .breaker, .limit, .agentUp, .agentStale, .agentGone, .command, .commandDone, .alert,
            .standing, .standingEnd, .clock:
            .event
        case .strategy, .keyframeEnd, .commandStatus:
            .state
        case .hello, .delta, .call, .ack, .lost, .ping, .pong, .beat, .bye, .welcome, .error,
            .watch,
            .recording, .keyframe, .total, .slot, .unknown:
            .figures
        }
    }

    /// Whether something happened.
    fileprivate var isEvent: Bool { weight == .event }

    /// Whether it must be seen at once; figures are seen with the next tick.
    var changesRows: Bool { weight != .figures }
}

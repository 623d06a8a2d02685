import Fleet
import ResilienceWire
import Screen

/// Applies an event to the state and returns the effects to perform.
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
        state.say("cannot show the recording: \(why)")
    case .replayEnded(let damage):
        state.playback.end = damage.map { .damaged($0) } ?? .whole
        state.say(damage.map { "the recording is damaged: \($0)" } ?? "end of the recording")
    case .recording(let news):
        // A paused view has no figures that change.
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
    /// Whether new data is shown as it arrives.
    fileprivate var isLive: Bool { frozen == nil && past == nil }

    /// Whether the screen changes with time alone. In a paused view only the duration of a hub
    /// outage does.
    fileprivate var runs: Bool {
        isLive || !link.isConfirmed
    }

    /// Shows a message for a few seconds.
    mutating func say(_ text: String) {
        notice = Notice(text: text)
    }

    /// Recomputes the rows and everything derived from them.
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

    /// Keeps the row of an open page, although the table may not contain it any more.
    private mutating func hold(_ looked: Row?, _ folded: [Row], _ fleet: Fleet) {
        held = nil
        guard let looked, looked.id == table.selection, table.selectedIndex == nil else { return }
        held = Rows.row(looked.id, in: folded, fleet, at: shownNow) ?? looked
    }

    /// Scrolls so that the selected row is visible, and keeps the journal offset within its
    /// entries.
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

    /// Applies lines. Figures are shown with the next tick, because drawing for each line would
    /// cost too much.
    fileprivate mutating func take(_ lines: LineBatch) -> [Effect] {
        var changesRows = false
        var effects: [Effect] = []
        do throws(WireError) {
            try lines.forEach { line in
                stream.apply(line)
                changesRows = changesRows || line.message.changesRows
                // The lines of a keyframe are history and do not count as new events.
                if stream.isWhole, line.message.isEvent { frozen?.waiting += 1 }
            }
        } catch {
            // The content of the unreadable line is unknown. A new keyframe restores the state.
            effects = [.reconnect(why: "cannot decode a line from the hub: \(error)")]
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
        say("no data from the hub for \(seconds)s: it is stopped, or the connection stalls")
        refresh()
    }

    fileprivate mutating func hearAgain() {
        guard case .silent = link else { return }
        link = .connected
        say("the hub answers again")
        refresh()
    }

    /// Adds a second to the silence of the hub. Returns whether the hub is silent.
    fileprivate mutating func ageSilence() -> Bool {
        guard case .silent(let since, let seconds) = link else { return false }
        link = .silent(since: since, seconds: seconds + 1)
        return true
    }

    /// Updates the journal and shows the outcome of this dashboard's commands on any page.
    private mutating func readJournal(_ fleet: Fleet) {
        journal.read(fleet, isPresent: past == nil)
        if let news = journal.takeNews() { notice = Notice(text: news.words, tone: news.tone) }
    }

    /// Counts down the notice. Returns whether it has expired.
    fileprivate mutating func ageNotice() -> Bool {
        notice?.secondsLeft -= 1
        guard notice?.secondsLeft == 0 else { return false }
        notice = nil
        return true
    }
}

extension StreamMessage {
    /// The effect of a line on the screen.
    private enum Weight {
        /// Shown with the next tick.
        case figures
        /// Shown at once: it changes rows, but is not an event.
        case state
        /// Shown at once, and counted as an event while the view is paused.
        case event
    }

    private var weight: Weight {
        switch self {
        case .breaker, .limit, .agentUp, .agentStale, .agentGone, .command, .commandDone, .alert,
            .standing, .standingEnd, .clock:
            .event
        case .strategy, .keyframeEnd, .commandStatus:
            .state
        case .delta, .call, .lost, .beat, .error, .recording, .keyframe, .total, .slot, .unknown:
            .figures
        }
    }

    /// Whether the line is an event.
    fileprivate var isEvent: Bool { weight == .event }

    /// Whether the line must be shown at once; figures are shown with the next tick.
    var changesRows: Bool { weight != .figures }
}

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
        guard state.time.isLive else { return [] }
        state.refresh()
        return [.draw]
    case .tick(let at):
        state.time.now = at
        if state.time.isLive { state.refresh() }
        return state.runs ? [.draw] : []
    case .clock(let at):
        state.time.now = at
        if state.time.isLive { state.renewRowsOnScreen() }
        return state.runs ? [.draw] : []
    case .moreRows:
        return state.updateMoreRows()
    case .secondPassed:
        let isOld = state.ageNotice()
        return state.connection.ageSilence() || isOld ? [.draw] : []
    case .connected:
        state.connection.connect()
        state.refresh()
    case .silent(let milliseconds):
        state.fallSilent(for: milliseconds)
    case .heard:
        state.hearAgain()
    case .hubsMissing(let outages):
        let news = state.connection.miss(outages)
        if !news.isEmpty {
            state.say("hub lost: \(news.map(\.words).joined(separator: "; "))")
        }
    case .disconnected(let why):
        state.lose(why)
    case .past(let event):
        return state.take(past: event)
    case .timeline(let timeline):
        state.time.timeline = timeline
        state.scroll()
    case .replayFailed(let why):
        state.time.playback.end = .damaged(why)
        state.say("cannot show the recording: \(why)")
    case .replayEnded(let damage):
        state.time.playback.end = damage.map { .damaged($0) } ?? .whole
        state.say(damage.map { "the recording is damaged: \($0)" } ?? "end of the recording")
    case .recording(let news):
        // A paused view has no figures that change.
        if state.time.isLive || news == nil { state.recording = news }
    case .notice(let text):
        state.say(text)
    case .resized(let width, let height):
        state.size = ScreenSize(width: width, height: height)
        state.scroll()
    }
    return []
}

extension State {
    /// Whether the screen changes with time alone. In a paused view only the duration of a hub
    /// outage does.
    fileprivate var runs: Bool {
        time.isLive || !connection.link.isConfirmed
    }

    /// Shows a message for a few seconds.
    mutating func say(_ text: String) {
        notice = Notice(text: text)
    }

    /// Scrolls so that the selected row is visible, and keeps the journal offset within its
    /// entries.
    mutating func scroll() {
        let panes = Panes(self)
        table.offset = Table.offset(
            showing: table.selectedIndex, of: table.rows.count,
            visible: Table.visibleRows(height: panes.table.height), from: table.offset)
        let most = max(0, journal.entries.count - panes.journal.height)
        navigation.journalOffset = min(max(0, navigation.journalOffset), most)
        if navigation.page.isDetail, navigation.detailOffset > 0 {
            navigation.detailOffset = min(
                navigation.detailOffset, DetailPage.lastOffset(self))
        }
    }

    /// Applies lines. Figures are shown with the next tick, because drawing for each line would
    /// cost too much.
    fileprivate mutating func take(_ lines: LineBatch) -> [Effect] {
        var news = RowNews.nothing
        var effects: [Effect] = []
        do throws(WireError) {
            try lines.forEach { line in
                switch stream.take(line) {
                case .none: break
                case .snapshot: news = .all
                case .history: if stream.isWhole { news = .all }
                case .event:
                    news.add(line)
                    if line.message.isEvent { time.frozen?.waiting += 1 }
                }
            }
        } catch {
            // The content of the unreadable line is unknown. A new keyframe restores the state.
            effects = [.reconnect(why: "cannot decode a line from the hub: \(error)")]
        }
        guard time.isLive else { return effects }
        switch news {
        case .nothing: return effects
        case .instances(let changed):
            book.update(changed, shownFleet, at: shownNow)
            showRows()
        case .all: refresh()
        }
        return effects + [.draw]
    }

    fileprivate mutating func lose(_ why: String) {
        stream.discardIncompleteKeyframe()
        if connection.lose(why, at: latest) { say("hub lost: \(why)") }
        journal.lose()
        readJournal(shownFleet)
    }

    fileprivate mutating func fallSilent(for milliseconds: Int64) {
        guard let seconds = connection.fallSilent(forMS: milliseconds, at: latest) else { return }
        say("no data from the hub for \(seconds)s: it is stopped, or the connection stalls")
        refresh()
    }

    fileprivate mutating func hearAgain() {
        guard connection.hear() else { return }
        say("the hub answers again")
        refresh()
    }

    /// Updates the journal and shows the outcome of this dashboard's commands on any page.
    mutating func readJournal(_ fleet: Fleet) {
        journal.read(fleet, isPresent: time.past == nil)
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
        case .strategy, .keyframeEnd, .historyEnd, .commandStatus:
            .state
        case .delta, .call, .lost, .beat, .error, .recording, .keyframe, .total, .slot, .history,
            .unknown:
            .figures
        }
    }

    /// Whether the line is an event.
    fileprivate var isEvent: Bool { weight == .event }

    /// Whether the line must be shown at once; figures are shown with the next tick.
    var changesRows: Bool { weight != .figures }
}

import ResilienceWire

extension State {
    /// Goes to the nearest mark of a kind before or after the time shown.
    mutating func seek(_ kind: Timeline.Kind, _ step: Int) -> [Effect] {
        guard let timeline = time.timeline else {
            say("the recording is being searched; try again in a moment")
            return []
        }
        // While the replay runs, the last target has just passed and must not be found again.
        let speed = min(time.playback.speed, Playback.speeds.upperBound)
        let stands = time.playback.isPaused || time.playback.end != nil
        let grace = stands || step > 0 ? 0 : Int64(1_000 * speed)
        guard let found = timeline.mark(kind, step, from: shownNow - grace) else {
            say("no \(step < 0 ? "earlier" : "later") \(kind.word) in the recording")
            return []
        }
        if let row = TransitionMark(found.mark.line).map({
            RowID(agent: $0.instance.agent, strategy: $0.strategy)
        }), let shown = table.reveal(row) {
            table.selection = shown
        }
        let what = JournalEntry(found.mark.line, in: shownFleet)?.text ?? ""
        say("\(kind.word) \(found.number) of \(found.of), \(clock.time(found.mark.at)) \(what)")
        return seek(to: found.mark.at)
    }

    /// Goes to a position of the seek bar, in tenths.
    mutating func seek(tenths: Int) -> [Effect] {
        guard let times = time.timeline?.times else { return [] }
        return seek(to: times.lowerBound + times.length * Int64(tenths) / 10)
    }

    private mutating func seek(to goal: Int64) -> [Effect] {
        // The next key starts from this time, although its lines have not arrived yet.
        if time.past != nil { time.past?.now = goal } else { time.now = goal }
        return go(.seek(goal))
    }

    /// Goes to another time. From the end, or at infinite speed, the replay is paused there first.
    mutating func go(_ control: ReplayControl) -> [Effect] {
        time.playback.leaveEnd()
            ? [.replay(.setPaused(true)), .replay(control)] : [.replay(control)]
    }
}

extension ClosedRange<Int64> {
    /// The difference between the bounds.
    var length: Int64 { upperBound - lowerBound }
}

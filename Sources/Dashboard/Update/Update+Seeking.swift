import ResilienceWire

extension State {
    /// Goes to the mark of a kind before the time that is shown, or after it.
    mutating func seek(_ kind: Timeline.Kind, _ step: Int) -> [Effect] {
        guard let timeline else {
            say("the recording is being looked through; one moment")
            return []
        }
        // While it runs, the one that was gone to has just passed.
        let speed = min(playback.speed, Playback.speeds.upperBound)
        let stands = playback.isPaused || playback.end != nil
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

    /// Goes to a place of the seek bar, in tenths of it.
    mutating func seek(tenths: Int) -> [Effect] {
        guard let times = timeline?.times else { return [] }
        return seek(to: times.lowerBound + times.length * Int64(tenths) / 10)
    }

    private mutating func seek(to time: Int64) -> [Effect] {
        // The next key counts from there, though its lines have not come yet.
        if past != nil { past?.now = time } else { now = time }
        return go(.seek(time))
    }

    /// Goes to another time. Who goes there from the end, or so fast that the end comes at once, looks at
    /// it first.
    mutating func go(_ control: ReplayControl) -> [Effect] {
        let stops = playback.end != nil || playback.speed == .infinity
        playback.end = nil
        guard stops, !playback.isPaused else { return [.replay(control)] }
        playback.isPaused = true
        return [.replay(.setPaused(true)), .replay(control)]
    }
}

extension ClosedRange<Int64> {
    /// From its beginning to its end.
    var length: Int64 { upperBound - lowerBound }
}

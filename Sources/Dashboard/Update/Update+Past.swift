import Fleet
import ResilienceWire

extension State {
    /// The length of the first step back, in milliseconds.
    static let firstStepMS: Int64 = 1_000

    /// Shows the past, paused, until a key continues it or returns to the present.
    ///
    /// - Parameter control: the time to go to; `nil`: one step back.
    mutating func goToPast(_ control: ReplayControl? = nil) -> [Effect] {
        guard session.keepsPast else {
            say("the past is not kept here; 'fusebox record' keeps it")
            return []
        }
        let start = shownNow - Self.firstStepMS
        time.rewind(to: shownFleet, at: start)
        let effects = thaw()
        say("the past: , . step, space plays, End returns to now")
        return effects + [.replay(.setPaused(true)), .replay(control ?? .seek(start))]
    }

    /// Returns to the present.
    mutating func returnToPresent() -> [Effect] {
        time.returnToPresent()
        refresh()
        return [.present]
    }

    /// Applies an event of the past.
    mutating func take(past event: Event) -> [Effect] {
        guard time.past != nil else { return [] }
        switch event {
        case .batch(let lines):
            var changesRows = false
            // Lines of a replay are already decoded, so this does not throw.
            try? lines.forEach { line in
                time.past?.stream.take(line)
                changesRows = changesRows || line.message.changesRows
            }
            guard changesRows else { break }
            refresh()
            return [.draw]
        case .fleet(let fleet):
            time.past?.stream.replace(with: fleet)
            refresh()
            return [.draw]
        case .tick(let at):
            time.past?.now = at
            refresh()
        case .clock(let at):
            time.past?.now = at
        case .timeline(let timeline):
            time.timeline = timeline
            scroll()
        case .replayEnded:
            say("back in the present")
            return returnToPresent()
        case .replayFailed(let why):
            say("cannot show the past: \(why)")
            return returnToPresent()
        case .notice(let text): say(text)
        case .key, .secondPassed, .connected, .silent, .heard, .disconnected, .hubsMissing,
            .recording, .resized,
            .moreRows, .past:
            break
        }
        return []
    }
}

import Fleet
import ResilienceWire

/// The past that a live dashboard shows while it keeps receiving the present.
struct Rewind: Sendable {
    /// The fleet at that time.
    var stream: StreamedFleet
    /// The time shown, in Unix milliseconds.
    var now: Int64
}

extension State {
    /// The length of the first step back, in milliseconds.
    static let firstStepMS: Int64 = 1_000

    /// Shows the past, paused, until a key continues it or returns to the present.
    ///
    /// - Parameter control: the time to go to; `nil`: one step back.
    mutating func goToPast(_ control: ReplayControl? = nil) -> [Effect] {
        guard keepsPast else {
            say("the past is not kept here; 'fusebox record' keeps it")
            return []
        }
        let start = shownNow - Self.firstStepMS
        past = Rewind(stream: StreamedFleet(shownFleet), now: start)
        let effects = thaw()
        timeline = nil
        playback = Playback(isPaused: true)
        say("the past: , . step, space plays, End returns to now")
        return effects + [.replay(.setPaused(true)), .replay(control ?? .seek(start))]
    }

    /// Returns to the present.
    mutating func returnToPresent() -> [Effect] {
        past = nil
        timeline = nil
        refresh()
        return [.present]
    }

    /// Applies an event of the past.
    mutating func take(past event: Event) -> [Effect] {
        guard past != nil else { return [] }
        switch event {
        case .batch(let lines):
            var changesRows = false
            // Lines of a replay are already decoded, so this does not throw.
            try? lines.forEach { line in
                past?.stream.apply(line)
                changesRows = changesRows || line.message.changesRows
            }
            guard changesRows else { break }
            refresh()
            return [.draw]
        case .fleet(let fleet):
            past?.stream.replace(with: fleet)
            refresh()
            return [.draw]
        case .tick(let at):
            past?.now = at
            refresh()
        case .clock(let at):
            past?.now = at
        case .timeline(let timeline):
            self.timeline = timeline
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
            .past:
            break
        }
        return []
    }
}

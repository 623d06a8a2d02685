import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// Draws the header line: the source, the connection state, and whether actions are allowed.
    mutating func drawHeader() {
        let time = state.time.past?.now ?? state.time.frozen?.now ?? state.latest
        let clock = Span("\(state.clock.time(time))\(state.clock.sign(time)) ", .title)
        let help = state.size.width >= 60 ? [Span(" "), Span("?", .key), Span(" help ")] : []
        let right = (state.latest == 0 ? [] : [clock]) + help
        let room = max(0, state.size.width - right.width - 2)
        var strip = StatusLine(separator: Span(" \(glyphs[.dot]) ", .muted))
        strip.add(mode)
        if let waiting = state.time.frozen?.shownWaiting, waiting > 0 {
            strip.add([Span("\(Format.counted(waiting, "event")) waiting", .warn)])
        }
        strip.add(state.isReplay ? playback : [link])
        if state.time.past != nil, state.time.pauses.contains(where: { $0.contains(now) }) {
            strip.add([Span("paused then: no data", .warn)])
        }
        let agents = state.shownFleet.agents.values
        strip.add(presence(agents.map(\.state)), dropOrder: 3)
        let lost = agents.reduce(0) { bounded($0, $1.lost) }
        strip.add(
            [Span("lost \(Format.count(lost))", lost > 0 ? .warn : .muted)],
            dropOrder: lost > 0 ? 4 : 5)
        if let recording = state.recording {
            strip.add(words(of: recording), dropOrder: 2)
        }
        if !state.isReplay {
            strip.add(
                [state.session.mayControl ? Span("CONTROL ON", .warn) : Span("READ ONLY", .info)],
                dropOrder: 1)
        }
        grid.put(
            strip.spans(width: room, ellipsis: glyphs[.ellipsis], fillsGaps: true), x: 1,
            y: panes.header.y,
            maxWidth: room)
        grid.put(right, x: max(0, state.size.width - right.width), y: panes.header.y)
    }

    private func words(of recording: RecordingStatus) -> [Span] {
        let lost =
            recording.lost == 0 ? [] : [Span(" \(Format.count(recording.lost)) lost", .warn)]
        if recording.isStopped { return [Span("REC STOPPED", .error, .bold)] + lost }
        let age = Format.age(now - recording.since)
        return [Span("REC", .error, .bold), Span(" \(age) \(Format.bytes(recording.bytes))")] + lost
    }

    private var mode: [Span] {
        let name =
            switch state.session.mode {
            case .live where state.time.past != nil, .demo where state.time.past != nil:
                Span("PAST", .warn, .bold)
            case .live: Span("LIVE", isConfirmed ? .ok : .stale, .bold)
            case .demo: Span("DEMO", .info, .bold)
            case .replay: Span("REPLAY", .info, .bold)
            }
        let place =
            switch state.session.mode {
            case .live, .demo: state.session.host
            case .replay(let file, _): file
            }
        let host = Span(" " + DisplayWidth.clip(place, to: max(8, state.size.width / 5)))
        return [state.time.frozen == nil ? name : Span("PAUSED", .warn), host]
    }

    private var link: Span {
        switch state.connection.link {
        case .connecting: Span("connecting", .muted)
        case .connected:
            outage.map { Span("HUB \(DisplayWidth.clip($0, to: 29))", .error) }
                ?? Span("hub ok", .ok)
        case .silent(_, let seconds):
            Span("HUB SILENT \(Format.age(Int64(seconds) * 1_000))", .error)
        case .lost(let since, _):
            Span("HUB LOST \(Format.age(state.latest - since))", .error)
        }
    }

    /// The outages among several hubs, as text.
    private var outage: String? {
        guard let first = state.connection.outages.first else { return nil }
        let words =
            switch first.reason {
            case .silent(let milliseconds): "SILENT \(first.name) \(Format.age(milliseconds))"
            case .lost(let why): "LOST \(first.name): \(why)"
            }
        let others = state.connection.outages.count - 1
        return others == 0 ? words : "\(DisplayWidth.clip(words, to: 22)) +\(others)"
    }

    private var playback: [Span] {
        if state.time.playback.end != nil { return [Span("END", .warn)] }
        let speed = Format.speed(state.time.playback.speed)
        return state.time.playback.isPaused ? [Span("PAUSED \(speed)", .warn)] : [Span(speed)]
    }

    private func presence(_ states: [AgentState]) -> [Span] {
        let up = states.count { $0 == .up }
        let stale = states.count { $0 == .stale }
        let gone = states.count { $0 == .gone }
        guard isConfirmed else { return [Span("\(up) were up", .stale)] }
        var spans = [Span("\(up) up")]
        if stale > 0 { spans.append(Span(" \(stale) stale", .warn)) }
        if gone > 0 { spans.append(Span(" \(gone) gone", .muted)) }
        return spans
    }
}

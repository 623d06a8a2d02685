import Fleet
import ResilienceWire
import Screen

extension Canvas {
    /// Draws the text in place of an empty table: why there are no rows, and what to do.
    mutating func drawEmpty(in rect: Rect) {
        let area = rect.inset(2, rect.height > 20 ? 1 : 0)
        if state.table.total > 0 {
            draw(
                [[Span("nothing matches the filter ", .muted), Span(state.table.filter.text)]]
                    + state.table.filter.doubts.map { [Span($0, .warn)] }
                    + [[Span("Esc", .key), Span(" clears it", .muted)]], in: area)
            return
        }
        if let agent = state.table.agent {
            draw(
                [
                    [Span("\(agent) is no longer in the fleet", .muted)],
                    [Span("Esc", .key), Span(" goes back to all agents", .muted)],
                ], in: area)
            return
        }
        let connected = state.shownFleet.agents.values.count { $0.state != .gone }
        if connected > 0 {
            let agents = Format.counted(connected, "agent")
            draw([[Span("\(agents) connected, no strategy declared yet", .muted)]], in: area)
        } else if state.isReplay {
            draw([[Span("no agents in the recording up to here", .muted)]], in: area)
        } else if case .lost(_, let why) = state.connection.link {
            let words = "the hub does not answer\(why.isEmpty ? "" : ": \(why)")"
            let hint = "agents appear when it answers; 'fusebox doctor' shows what was tried"
            draw([[Span(words, .warn)], [Span(hint, .muted)]], in: area)
        } else if case .silent(_, let seconds) = state.connection.link {
            let words = "no data from the hub for \(Format.age(Int64(seconds) * 1_000))"
            let hint =
                "it is stopped, or the connection stalls; 'fusebox doctor' shows what answers"
            draw([[Span(words, .warn)], [Span(hint, .muted)]], in: area)
        } else if let departure = Departure(state.shownFleet) {
            draw([[Span(departure.words(state.clock), .warn)]], in: area)
        } else {
            draw(invitation, in: area)
        }
    }

    private var invitation: [[Span]] {
        let path = state.session.socketPath
        let place = path.isEmpty ? "" : "; they connect to \(path)"
        let socket = path.isEmpty ? [] : [[Span("  FUSEBOX_SOCKET=\(path)")]]
        let hello = #"{"t":"hello","v":1,"agent":"job","instance":"%s","#
        let rest = #""pid":'$$',"client":"sh","interval_ms":1000}"#
        let call = #"{"t":"call","s":"fetch","end":"ok","attempts":1,"us":1200}"#
        return [
            [Span("No agents yet", .title), Span(place)], [],
            [Span("Swift", .title), Span("   import Resilience, ResilienceTelemetry", .muted)],
            [Span("  let telemetry = Telemetry(agent: \"planner\")")],
            [Span("  let pay = telemetry.monitor(\"pay/stripe\") { Retry(); CircuitBreaker() }")],
            [Span("  try await pay.call { try await charge() }")], [],
            [Span("Python", .title), Span("  its retry and breaker libraries show", .muted)],
            [Span("  import fusebox_agent; fusebox_agent.install()")], [],
            [Span("Shell", .title), Span("   any language: lines of JSON to the socket", .muted)],
        ] + socket + [
            [Span("  ID=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')")],
            [Span("  (printf '\(hello)' $ID")],
            [Span("   echo '\(rest)'")],
            [Span("   echo '{\"t\":\"strategy\",\"s\":\"fetch\",\"kind\":\"retry\"}'")],
            [Span("   while echo '\(call)'")],
            [Span("   do sleep 1; done) | socat - \"UNIX-CONNECT:$FUSEBOX_SOCKET\"")],
        ]
    }
}

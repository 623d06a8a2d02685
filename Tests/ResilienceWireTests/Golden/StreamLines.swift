import ResilienceWire
import TestSupport

extension GoldenLine {
    static let toAgents: [GoldenLine] = [
        GoldenLine(#"{"t":"welcome","v":1}"#, .welcome(version: 1)),
        GoldenLine(
            #"{"t":"welcome","v":1,"beat_ms":1000}"#, .welcome(version: 1, beatMS: 1_000)),
        GoldenLine(
            #"{"t":"welcome","v":1,"beat_ms":1000,"orders":"1790000000000-3"}"#,
            .welcome(version: 1, beatMS: 1_000, orders: "1790000000000-3")),
        GoldenLine(#"{"t":"pong"}"#, .pong),
        GoldenLine(
            #"{"t":"orders","revision":"1790000000000-3"}"#, .orders(revision: "1790000000000-3")),
        GoldenLine(
            #"""
            {"t":"order","id":"01J...","agents":"*","except":["canary"],"s":"http/api.openai.com",\#
            "do":"open","until":1790000900000,"reason":"vendor down"}
            """#,
            .order(
                AgentOrder(
                    id: "01J...", agents: "*", except: ["canary"], strategy: "http/api.openai.com",
                    order: .open(forMS: nil), until: 1_790_000_900_000, reason: "vendor down"))),
        GoldenLine(
            #"{"t":"command","id":"1","s":"s","do":"open","reason":"vendor down"}"#,
            .command(
                AgentCommand(
                    id: "1", strategy: "s", order: .open(forMS: nil), reason: "vendor down"))),
        GoldenLine(
            #"{"t":"error","code":"bad_line","detail":"expected \"t\""}"#,
            .error(Refusal(code: "bad_line", detail: "expected \"t\""))),
        GoldenLine(
            #"""
            {"t":"command","id":"01J...","s":"pay/stripe","do":"open","for_ms":900000,\#
            "if_version":7,"expires_mono_ms":73921044}
            """#,
            .command(
                AgentCommand(
                    id: "01J...", strategy: "pay/stripe", order: .open(forMS: 900_000),
                    ifVersion: 7, expiresMonoMS: 73_921_044))),
        GoldenLine(
            #"""
            {"t":"command","id":"01J...","s":"pay/stripe","do":"set_limit","name":"max_attempts",\#
            "value":2,"expires_mono_ms":73921044}
            """#,
            .command(
                AgentCommand(
                    id: "01J...", strategy: "pay/stripe",
                    order: .setLimit(name: "max_attempts", value: 2),
                    expiresMonoMS: 73_921_044))),
        GoldenLine(
            #"""
            {"t":"command","id":"1","s":"s","do":"set_limit","name":"window","auto":true}
            """#,
            .command(
                AgentCommand(id: "1", strategy: "s", order: .setLimit(name: "window", value: nil)))),
        GoldenLine(
            #"{"t":"command","id":"1","s":"s","do":"tap","for_ms":1000}"#,
            .command(AgentCommand(id: "1", strategy: "s", order: .tap(forMS: 1_000)))),
        GoldenLine(
            #"{"t":"command","id":"1","s":"s","do":"half_open"}"#,
            .command(AgentCommand(id: "1", strategy: "s", order: .halfOpen))),
        GoldenLine(
            #"{"t":"command","id":"1","s":"s","do":"from_the_future"}"#,
            .command(AgentCommand(id: "1", strategy: "s", order: .unknown("from_the_future")))),
        GoldenLine(
            #"{"t":"from_the_future"}"#, HubToAgentMessage.unknown(type: "from_the_future")),
    ]

    static let toHub: [GoldenLine] = [
        GoldenLine(
            #"{"t":"command","id":"1","to":"short:http/host","do":"open","hold":true}"#,
            .command(
                OperatorCommand(
                    id: "1", address: "short:http/host", order: .open(forMS: nil),
                    holdsLater: true))),
        GoldenLine(#"{"t":"watch","v":1}"#, .watch(version: 1)),
        GoldenLine(#"{"t":"watch","v":1,"figures":false}"#, .watch(version: 1, detail: .off)),
        GoldenLine(
            #"{"t":"watch","v":1,"history_ms":60000,"history":true}"#,
            .watch(version: 1, historyMS: 60_000, hasHistory: true)),
        GoldenLine(
            #"{"t":"watch","v":1,"by_second":true}"#, .watch(version: 1, detail: .perSecond)),
        GoldenLine(
            #"""
            {"t":"command","id":"1","to":"planner:pay/stripe","do":"open","for_ms":900000,\#
            "reason":"vendor down"}
            """#,
            .command(
                OperatorCommand(
                    id: "1", address: "planner:pay/stripe", order: .open(forMS: 900_000),
                    reason: "vendor down"))),
        GoldenLine(#"{"t":"from_the_future"}"#, OperatorMessage.unknown(type: "from_the_future")),
    ]

    static let stream: [GoldenLine] = [
        GoldenLine(
            #"{"t":"recording","v":1,"at":1700000000000,"fusebox":"0.1.0"}"#,
            Line(at: 1_700_000_000_000, .recording(RecordingHeader(fusebox: "0.1.0")))),
        GoldenLine(
            #"{"t":"keyframe","at":1700000000000,"lines":12}"#,
            Line(at: 1_700_000_000_000, .keyframe(lines: 12))),
        GoldenLine(
            #"{"t":"keyframe","at":1700000000000,"lines":12,"beat_ms":1000}"#,
            Line(at: 1_700_000_000_000, .keyframe(lines: 12, beatMS: 1_000))),
        GoldenLine(
            #"{"t":"beat","at":1700000001000}"#, Line(at: 1_700_000_001_000, .beat)),
        GoldenLine(
            #"{"t":"keyframe","at":1700000000000,"lines":12,"history":true}"#,
            Line(at: 1_700_000_000_000, .keyframe(lines: 12, hasHistory: true))),
        GoldenLine(#"{"t":"keyframe_end"}"#, Line(.keyframeEnd)),
        GoldenLine(#"{"t":"history_end","at":5}"#, Line(at: 5, .historyEnd)),
        GoldenLine(
            #"""
            {"t":"agent_up","at":5,"agent":"planner",\#
            "instance":"0123456789abcdef0123456789abcdef","pid":1,"client":"","interval_ms":500}
            """#,
            Line(
                at: 5, source: planner, .agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)))),
        GoldenLine(
            #"""
            {"t":"agent_up","agent":"planner","instance":"0123456789abcdef0123456789abcdef",\#
            "pid":1,"client":"x","interval_ms":500,"state":"gone","lost":3}
            """#,
            Line(
                source: planner,
                .agentUp(
                    AgentUp(pid: 1, client: "x", intervalMS: 500, state: .gone, lost: 3)))),
        GoldenLine(
            #"{"t":"agent_stale","agent":"planner","instance":"0123456789abcdef0123456789abcdef"}"#,
            Line(source: planner, .agentStale)),
        GoldenLine(
            #"""
            {"t":"agent_gone","agent":"planner",\#
            "instance":"0123456789abcdef0123456789abcdef","why":"closed"}
            """#,
            Line(source: planner, .agentGone(why: "closed"))),
        GoldenLine(
            #"{"t":"clock","at":5,"jump_ms":-3600000}"#, Line(at: 5, .clock(jumpMS: -3_600_000))),
        GoldenLine(
            #"{"t":"command","at":5,"id":"1","to":"*:s","do":"reset","who":"root"}"#,
            Line(
                at: 5,
                .command(
                    StreamCommand(id: "1", address: "*:s", order: .reset, who: "root")))),
        GoldenLine(
            #"""
            {"t":"command_status","at":5,"id":"1","agent":"planner",\#
            "instance":"0123456789abcdef0123456789abcdef","status":"timed_out","took_ms":1.25,\#
            "detail":"no answer"}
            """#,
            Line(
                at: 5,
                .commandStatus(
                    CommandStatus(
                        id: "1", instance: planner, status: .timedOut, tookMS: 1.25,
                        detail: "no answer")))),
        GoldenLine(
            #"{"t":"command_status","id":"1","status":"no_agent"}"#,
            Line(.commandStatus(CommandStatus(id: "1", status: .noAgent)))),
        GoldenLine(
            #"{"t":"command_done","id":"1","acked":2,"failed":0}"#,
            Line(.commandDone(CommandDone(id: "1", acked: 2, failed: 0)))),
        GoldenLine(
            #"""
            {"t":"alert","at":5,"id":"a","rule":"breaker_open","firing":true,\#
            "about":"planner:s","detail":"open for 60 s"}
            """#,
            Line(
                at: 5,
                .alert(
                    Alert(
                        id: "a", rule: "breaker_open", firing: true, about: "planner:s",
                        detail: "open for 60 s")))),
        GoldenLine(
            #"""
            {"t":"alert","at":5,"id":"a","rule":"breaker_open","firing":true,\#
            "about":"planner:s","silenced_until":9,"silence":"deploy"}
            """#,
            Line(
                at: 5,
                .alert(
                    Alert(
                        id: "a", rule: "breaker_open", firing: true, about: "planner:s",
                        detail: "", silence: Alert.Silence(until: 9, reason: "deploy"))))),
        GoldenLine(
            #"""
            {"t":"command","at":5,"id":"1~abcd","to":"planner@abcd:s","do":"open","who":"root",\#
            "standing":"1","audited":false}
            """#,
            Line(
                at: 5,
                .command(
                    StreamCommand(
                        id: "1~abcd", address: "planner@abcd:s", order: .open(forMS: nil),
                        who: "root", standing: "1", isAudited: false)))),
        GoldenLine(
            #"""
            {"t":"standing","at":5,"id":"1","to":"planner:s","do":"open","until":905,\#
            "who":"root","reason":"vendor down"}
            """#,
            Line(
                at: 5,
                .standing(
                    StandingOrder(
                        id: "1", address: "planner:s", order: .open(forMS: nil), until: 905,
                        who: "root", reason: "vendor down")))),
        GoldenLine(
            #"{"t":"standing_end","at":9,"id":"1","to":"planner:s","why":"reset by root"}"#,
            Line(
                at: 9,
                .standingEnd(StandingEnd(id: "1", address: "planner:s", why: "reset by root")))),
        GoldenLine(#"{"t":"from_the_future"}"#, Line(.unknown(type: "from_the_future"))),
    ]
}

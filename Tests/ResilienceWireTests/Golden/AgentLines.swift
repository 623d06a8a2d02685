import ResilienceWire

extension GoldenLine {
    static let fromAgents: [GoldenLine] =
        [
            GoldenLine(
                #"""
                {"t":"hello","v":1,"agent":"planner","instance":"0123456789abcdef0123456789abcdef",\#
                "pid":4242,"client":"fusebox-swift/0.1","interval_ms":500}
                """#,
                .hello(Hello(id: planner, pid: 4242, client: "fusebox-swift/0.1"))),
            GoldenLine(
                #"{"t":"ack","id":"01J...","s":"http/host","ok":true,"version":1}"#,
                .ack(Ack(id: "01J...", .ok(version: 1), strategy: "http/host"))),
            GoldenLine(
                #"""
                {"t":"strategy","s":"pay/stripe","kind":"retry+breaker","target":"api.stripe.com",\#
                "can":["open","reset","half_open","disable","set_limit","tap"],\#
                "breaker":{"state":"open","version":7,"why":"5 consecutive failures",\#
                "by":"policy","since_ms":8000,"probe_in_ms":52000,\#
                "trip":"5 consecutive failures","open_ms":60000,"half_open_calls":3},\#
                "limits":[{"name":"max_attempts","value":3,"min":1,"max":5,"unit":"attempts",\#
                "by":"adaptive","pinned":false}]}
                """#,
                .strategy(payments)),
            GoldenLine(
                #"""
                {"t":"strategy","s":"s","kind":"adaptive","limits":[{"name":"max_attempts",\#
                "value":4,"by":"adaptive","pinned":false,"why":"success 0.93"}]}
                """#,
                .strategy(
                    StrategyDeclaration(
                        strategy: "s", kind: "adaptive",
                        limits: [
                            LimitReading(
                                name: "max_attempts", value: 4, by: .adaptive, why: "success 0.93")
                        ]))),
            GoldenLine(
                #"{"t":"strategy","s":"s","kind":""}"#,
                .strategy(StrategyDeclaration(strategy: "s", kind: ""))),
            GoldenLine(
                #"""
                {"t":"call","s":"pay/stripe","end":"ok","attempts":2,"us":128400,\#
                "errors":["TimeoutError"]}
                """#,
                .call(
                    CallReport(
                        strategy: "pay/stripe", end: .ok, attempts: 2, microseconds: 128_400,
                        errors: ["TimeoutError"]))),
            GoldenLine(
                #"{"t":"call","s":"é","end":"failed","attempts":0,"us":0,"from":"cache","tap":true}"#,
                .call(
                    CallReport(
                        strategy: "é", end: .failed, attempts: 0, microseconds: 0, from: .cache,
                        tap: true))),
            GoldenLine(
                #"""
                {"t":"breaker","s":"pay/stripe","version":7,"from":"closed","to":"open",\#
                "by":"policy","why":"5 consecutive failures","probe_in_ms":60000}
                """#,
                .breaker(
                    BreakerChange(
                        strategy: "pay/stripe", version: 7, from: .closed, to: .open, by: .policy,
                        why: "5 consecutive failures", probeInMS: 60_000))),
            GoldenLine(
                #"""
                {"t":"limit","s":"pay/stripe","name":"max_attempts","was":4,"value":3,\#
                "by":"adaptive","pinned":false,\#
                "why":"success 0.93 over 100 calls, 1.2 attempts a call"}
                """#,
                .limit(
                    LimitChange(
                        strategy: "pay/stripe", name: "max_attempts", was: 4, value: 3,
                        by: .adaptive, why: "success 0.93 over 100 calls, 1.2 attempts a call"))),
            GoldenLine(
                #"{"t":"ack","id":"01J...","ok":true,"version":8}"#,
                .ack(Ack(id: "01J...", .ok(version: 8)))),
            GoldenLine(
                #"{"t":"ack","id":"01J...","ok":true}"#, .ack(Ack(id: "01J...", .ok(version: nil)))),
            GoldenLine(
                #"""
                {"t":"ack","id":"01J...","ok":false,"code":"refused",\#
                "detail":"max_attempts is at least 1"}
                """#,
                .ack(
                    Ack(
                        id: "01J...",
                        .refused(code: .refused, detail: "max_attempts is at least 1")))),
            GoldenLine(
                #"{"t":"ack","id":"1","ok":false,"code":"unknown_strategy"}"#,
                .ack(Ack(id: "1", .refused(code: .unknownStrategy, detail: "")))),
            GoldenLine(#"{"t":"lost","n":42}"#, .lost(42)),
            GoldenLine(
                #"""
                {"t":"unsupported","library":"litellm 9.0","why":"its Router has no method make_call"}
                """#,
                .unsupported(
                    UnsupportedLibrary(
                        library: "litellm 9.0", why: "its Router has no method make_call"))),
            GoldenLine(#"{"t":"ping"}"#, .ping),
            GoldenLine(#"{"t":"bye"}"#, .bye),
            GoldenLine(
                #"{"t":"from_the_future"}"#, AgentMessage.unknown(type: "from_the_future")),
        ] + deltas

    private static let payments = StrategyDeclaration(
        strategy: "pay/stripe", kind: "retry+breaker", target: "api.stripe.com",
        can: [.open, .reset, .halfOpen, .disable, .setLimit, .tap],
        breaker: BreakerReading(
            state: .open, version: 7, why: "5 consecutive failures", sinceMS: 8_000,
            probeInMS: 52_000, trip: "5 consecutive failures", openMS: 60_000, halfOpenCalls: 3),
        limits: [
            LimitReading(
                name: "max_attempts", value: 3, min: 1, max: 5, unit: "attempts", by: .adaptive)
        ])
}

import ResilienceWire

extension GoldenLine {
    static let deltas: [GoldenLine] = [
        GoldenLine(
            #"""
            {"t":"delta","s":"pay/stripe","n":17,"ms":500,"ok":120,"failed":3,"rejected":2,\#
            "cancelled":0,"attempts":130,"retries":{"0":118,"1":3,"2":2},\#
            "errors":{"TimeoutError":10},"latency":[[141,40],[142,83]],"retry_ms":1834,\#
            "in_flight":4,"waiting":3,"oldest_ms":48210}
            """#,
            .delta(
                Delta(strategy: "pay/stripe", sequence: 17, spanMS: 500, counters: counters))),
        GoldenLine(
            #"""
            {"t":"delta","s":"s","n":1,"ms":0,"ok":0,"failed":0,"rejected":0,"cancelled":0,\#
            "attempts":0,"bulkhead":{"active":4,"queued":1,"rejected":0},\#
            "hedge":{"launched":5,"won":2},"fallback":{"used":1,"cached":1},\#
            "budget":{"remaining":0.82,"denied":1},"messages":{"TimeoutError":"read timed out"}}
            """#,
            .delta(Delta(strategy: "s", sequence: 1, spanMS: 0, counters: facets))),
        GoldenLine(
            #"""
            {"t":"delta","s":"s","n":1,"ms":0,"ok":0,"failed":0,"rejected":0,"cancelled":0,\#
            "attempts":0,"fallback":{"used":0,"cached":3,"oldest_age_ms":61000},\#
            "idempotency":{"executed":4,"shared":2,"replayed":1},\#
            "batch":{"items":32,"failed":3,"partial":1},"stream":{"first_byte":[[200,4],[210,1]]}}
            """#,
            .delta(Delta(strategy: "s", sequence: 1, spanMS: 0, counters: spared))),
        GoldenLine(
            #"""
            {"t":"delta","s":"s","n":18,"of":2,"ms":1000,"ok":0,"failed":0,"rejected":0,\#
            "cancelled":0,"attempts":0}
            """#,
            .delta(
                Delta(strategy: "s", sequence: 18, summed: 2, spanMS: 1_000, counters: Counters()))),
        GoldenLine(
            #"""
            {"t":"total","at":5,"agent":"planner","instance":"0123456789abcdef0123456789abcdef",\#
            "s":"s","n":0,"ms":9007199254740991,"ok":9007199254740991,"failed":0,"rejected":0,\#
            "cancelled":0,"attempts":0}
            """#,
            Line(
                at: 5, source: planner,
                .total(Delta(strategy: "s", sequence: 0, spanMS: 1 << 53 - 1, counters: most)))),
        GoldenLine(
            #"""
            {"t":"slot","at":5,"agent":"planner","instance":"0123456789abcdef0123456789abcdef",\#
            "s":"s","n":0,"ms":5000,"ok":0,"failed":0,"rejected":0,"cancelled":0,"attempts":0}
            """#,
            Line(
                at: 5, source: planner,
                .slot(Delta(strategy: "s", sequence: 0, spanMS: 5_000, counters: Counters())))),
        GoldenLine(
            #"""
            {"t":"history","at":20000,"agent":"planner",\#
            "instance":"0123456789abcdef0123456789abcdef","s":"pay/stripe","from":5000,"n":3,\#
            "slots":[0,1,59],"ok":[0,120],"failed":[0,3],"rejected":[0,2],"attempts":[0,130],\#
            "retry_ms":[0,1834],"in_flight":[0,4],"waiting":[0,3],"oldest_ms":[0,48210],\#
            "retries":{"0":[0,118],"1":[0,3],"2":[0,2]},"errors":{"TimeoutError":[0,10]},\#
            "latency":[[],[141,40,1,83]],"facets":[{},{},\#
            {"bulkhead":{"active":4,"queued":1,"rejected":0},\#
            "hedge":{"launched":5,"won":2},"fallback":{"used":1,"cached":1},\#
            "budget":{"remaining":0.82,"denied":1},"messages":{"TimeoutError":"read timed out"}}]}
            """#,
            Line(
                at: 20_000, source: planner,
                .history(
                    History(
                        strategy: "pay/stripe", from: 5_000,
                        slots: [
                            History.Slot(offset: 0, counters: Counters()),
                            History.Slot(offset: 1, counters: counters),
                            History.Slot(offset: 59, counters: facets),
                        ])))),
        GoldenLine(
            #"{"t":"history","s":"s","from":9007199254740991,"n":2,"ok":[1,9007199254740991]}"#,
            Line(
                .history(
                    History(
                        strategy: "s", from: 1 << 53 - 1,
                        slots: [
                            History.Slot(offset: 0, counters: one),
                            History.Slot(offset: 1, counters: most),
                        ])))),
    ]

    private static let counters: Counters = {
        var counters = Counters()
        counters.ok = 120
        counters.failed = 3
        counters.rejected = 2
        counters.attempts = 130
        counters.retries = [
            RetryCount(retries: 0, calls: 118), RetryCount(retries: 1, calls: 3),
            RetryCount(retries: 2, calls: 2),
        ]
        counters.errors = [ErrorCount(type: "TimeoutError", count: 10)]
        counters.latency = [
            LatencyCount(bucket: 141, count: 40), LatencyCount(bucket: 142, count: 83),
        ]
        counters.retryMS = 1_834
        counters.inFlight = 4
        counters.waiting = 3
        counters.oldestMS = 48_210
        return counters
    }()

    private static let facets: Counters = {
        var counters = Counters()
        counters.bulkhead = BulkheadCounters(active: 4, queued: 1, rejected: 0)
        counters.hedge = HedgeCounters(launched: 5, won: 2)
        counters.fallback = FallbackCounters(used: 1, cached: 1)
        counters.budget = BudgetCounters(remaining: 0.82, denied: 1)
        counters.messages = [ErrorMessage(type: "TimeoutError", text: "read timed out")]
        return counters
    }()

    private static let spared: Counters = {
        var counters = Counters()
        counters.fallback = FallbackCounters(used: 0, cached: 3, oldestAgeMS: 61_000)
        counters.idempotency = IdempotencyCounters(executed: 4, shared: 2, replayed: 1)
        counters.batch = BatchCounters(items: 32, failed: 3, partial: 1)
        counters.stream = StreamCounters(
            firstByte: [LatencyCount(bucket: 200, count: 4), LatencyCount(bucket: 210, count: 1)])
        return counters
    }()

    private static let one: Counters = {
        var counters = Counters()
        counters.ok = 1
        return counters
    }()

    private static let most: Counters = {
        var counters = Counters()
        counters.ok = 1 << 53 - 1
        return counters
    }()
}

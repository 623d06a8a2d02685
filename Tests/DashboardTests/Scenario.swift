import Fleet
import ResilienceWire
import Screen
import TestSupport

@testable import Dashboard

/// A fixed night: what the agents sent in the five minutes before 14:02:31.
enum Scenario {
    static let now: Int64 = 1_789_999_351_000

    static let planner = ["9f3a", "b04c", "c771"].map {
        InstanceID(agent: "planner", instance: InstanceDigits(first: $0))
    }
    static let router = id("router", "17aa")
    static let auth = id("auth", "2b00")
    static let search = id("search", "3c3c")
    static let mailer = id("mailer", "4d4d")
    static let batch = id("batch", "5e5e")

    static let can: [ResilienceWire.Action] = [
        .open, .reset, .halfOpen, .disable, .enable, .setLimit,
    ]

    static func id(_ agent: String, _ digits: String) -> InstanceID {
        InstanceID(agent: agent, instance: InstanceDigits(first: digits))
    }

    /// The whole night in order.
    static var lines: [Line] {
        let lines = agents + declarations + traffic + events
        return lines.enumerated()
            .sorted { ($0.element.at ?? 0, $0.offset) < ($1.element.at ?? 0, $1.offset) }
            .map(\.element)
    }

    /// A dashboard that has seen it.
    static func state(
        width: Int = 120, height: Int = 40, mode: State.Mode = .live, mayControl: Bool = true,
        lines: [Line] = Scenario.lines, keepsPast: Bool = false
    ) -> State {
        let counter = Counter()
        var state = State(
            mode: mode, host: "prod-3", mayControl: mayControl,
            socketPath: "/run/user/1000/fusebox/agent/fusebox.sock", themes: ["light", "mono"],
            keepsPast: keepsPast, makeID: { counter.next() })
        for event in [
            Event.resized(width: width, height: height), .connected, .lines(lines),
            .tick(at: now),
        ] {
            _ = update(&state, event)
        }
        return state
    }

    private static var agents: [Line] {
        (planner + [router, auth, search, mailer, batch]).map {
            let up = AgentUp(pid: 4242, client: "fusebox-swift/0.1", intervalMS: 500)
            return Line(at: now - 300_000, source: $0, .agentUp(up))
        }
    }

    private static var declarations: [Line] {
        func attempts(_ value: Double, _ most: Double, _ by: Author = .adaptive) -> [LimitReading] {
            [
                LimitReading(
                    name: "max_attempts", value: value, min: 1, max: most, unit: "attempts", by: by)
            ]
        }
        func breaker(_ state: BreakerState = .closed) -> BreakerReading {
            BreakerReading(
                state: state, version: 7, sinceMS: 3_600_000, trip: "5 consecutive failures",
                openMS: 60_000, halfOpenCalls: 3)
        }
        func declare(
            _ id: InstanceID, _ name: String, _ target: String, _ limits: [LimitReading],
            hasBreaker: Bool = true
        ) -> Line {
            let declaration = StrategyDeclaration(
                strategy: name, kind: hasBreaker ? "retry+breaker" : "retry", target: target,
                can: hasBreaker ? can : [.setLimit], breaker: hasBreaker ? breaker() : nil,
                limits: limits)
            return Line(at: now - 300_000, source: id, .strategy(declaration))
        }
        return planner.flatMap {
            [
                declare($0, "pay/stripe", "api.stripe.com", attempts(2, 5)),
                declare($0, "geo/maps", "maps.example", attempts(3, 1_000_000, .policy)),
            ]
        } + [
            declare(router, "llm/openai", "api.openai.com", attempts(3, 5)),
            declare(router, "llm/local", "gpu-2", attempts(3, 3)),
            declare(auth, "auth/ldap", "ldap.corp", attempts(6, 6)),
            declare(search, "vec/qdrant", "qdrant", [], hasBreaker: false),
            declare(mailer, "smtp", "mail.corp", attempts(3, 3)),
            declare(batch, "s3/put", "s3", attempts(3, 3)),
        ]
    }

    private static var traffic: [Line] {
        stride(from: now - 295_000, through: now, by: 5_000).flatMap { at in
            let age = now - at
            var lines: [Line] = []
            for id in planner {
                let isOpen = age < 150_000
                lines.append(
                    delta(
                        id, "pay/stripe", at,
                        counters(
                            ok: isOpen ? 3 : 90, failed: isOpen ? 4 : 5,
                            rejected: isOpen ? 80 : 0, retries: [3, 1, 1, 2],
                            errors: ["TimeoutError": 10, "HTTP 503": 3, "ConnectionReset": 1],
                            bucket: 300)))
                let isForced = age < 60_000
                lines.append(
                    delta(
                        id, "geo/maps", at,
                        counters(
                            ok: isForced ? 0 : 40, failed: 0, rejected: isForced ? 40 : 0,
                            retries: isForced ? [] : [40], errors: [:], bucket: 200)))
            }
            lines += [
                delta(
                    router, "llm/openai", at,
                    counters(
                        ok: age < 100_000 ? 88 : 40, failed: age < 100_000 ? 12 : 60,
                        retries: [74, 15, 8, 3], errors: ["HTTP 429": 30, "TimeoutError": 20],
                        bucket: 320)),
                delta(
                    router, "llm/local", at,
                    counters(ok: 1, failed: 0, retries: age < 10_000 ? [1] : [], bucket: 330)),
                delta(
                    auth, "auth/ldap", at,
                    counters(
                        ok: 50, failed: 1, retries: [10, 10, 10, 21],
                        errors: ["ECONNREFUSED": 90], bucket: 210)),
                delta(
                    search, "vec/qdrant", at,
                    counters(
                        ok: 30, failed: 0, retries: [30], bucket: 180, inFlight: 4, waiting: 3,
                        oldestMS: 48_210)),
            ]
            if age > 20_000 {
                lines += [
                    delta(
                        mailer, "smtp", at, counters(ok: 5, failed: 0, retries: [5], bucket: 250)),
                    delta(
                        batch, "s3/put", at, counters(ok: 9, failed: 0, retries: [9], bucket: 260)),
                ]
            }
            return lines
        }
    }

    private static var events: [Line] {
        let order = StreamCommand(
            id: "c1", address: "planner:geo/maps", order: .open(forMS: 900_000),
            reason: "vendor down")
        var told = order
        told.who = "ops"
        return [
            change(
                planner[0], "pay/stripe", ago: 38_000, .closed, .open, "5 consecutive failures",
                probe: 60_000),
            change(
                planner[1], "pay/stripe", ago: 36_000, .closed, .open, "5 consecutive failures",
                probe: 60_000),
            change(
                router, "llm/openai", ago: 95_000, .closed, .open, "error rate 60% of 100 calls",
                probe: 60_000),
            change(router, "llm/openai", ago: 35_000, .open, .halfOpen, "probing"),
            Line(at: now - 60_000, .command(told)),
            Line(
                at: now - 59_985,
                .standing(
                    StandingOrder(
                        id: "c1", address: "planner:geo/maps", order: .open(forMS: nil),
                        until: now + 840_000, who: "ops", reason: "vendor down"))),
        ]
            + planner.flatMap {
                [
                    change(
                        $0, "geo/maps", ago: 59_990, .closed, .forcedOpen, "forced open for a time",
                        by: .operator, probe: 900_000),
                    Line(
                        at: now - 59_980,
                        .commandStatus(
                            CommandStatus(id: "c1", instance: $0, status: .acked, tookMS: 2.1))),
                ]
            } + [
                Line(at: now - 9_000, source: mailer, .agentStale),
                Line(
                    at: now - 20_000, source: batch,
                    .agentGone(why: "connection closed without bye")),
                Line(at: now - 5_000, source: auth, .lost(42)),
                Line(
                    at: now - 12_000, source: auth,
                    .limit(
                        LimitChange(
                            strategy: "auth/ldap", name: "max_attempts", was: 5, value: 6,
                            by: .adaptive, why: "success 0.99 over 100 calls"))),
            ]
    }

    static func change(
        _ id: InstanceID, _ name: String, ago: Int64, _ from: BreakerState, _ to: BreakerState,
        _ why: String, by: Author = .policy, probe: Int64? = nil
    ) -> Line {
        let version = to == .halfOpen ? 9 : to == .closed ? 10 : 8
        let change = BreakerChange(
            strategy: name, version: version, from: from, to: to, by: by, why: why,
            probeInMS: probe)
        return Line(at: now - ago, source: id, .breaker(change))
    }

    static func delta(_ id: InstanceID, _ name: String, _ at: Int64, _ counters: Counters) -> Line {
        let sequence = Int((at - now) / 5_000 + 60)
        let delta = Delta(strategy: name, sequence: sequence, spanMS: 500, counters: counters)
        return Line(at: at, source: id, .delta(delta))
    }

    static func counters(
        ok: Int, failed: Int, rejected: Int = 0, retries: [Int] = [],
        errors: [String: Int] = [:], bucket: Int = 100, inFlight: Int = 0, waiting: Int = 0,
        oldestMS: Int64 = 0
    ) -> Counters {
        var counters = Counters()
        counters.ok = ok
        counters.failed = failed
        counters.rejected = rejected
        counters.retries = retries.enumerated().map { RetryCount(retries: $0, calls: $1) }
        counters.attempts = ok + failed + retries.enumerated().reduce(0) { $0 + $1.0 * $1.1 }
        counters.errors = errors.sorted { $0.key < $1.key }
            .map { ErrorCount(type: $0.key, count: $0.value) }
        counters.latency = [
            LatencyCount(bucket: bucket, count: ok),
            LatencyCount(bucket: bucket + 40, count: failed),
        ]
        counters.inFlight = inFlight
        counters.waiting = waiting
        counters.oldestMS = oldestMS
        if errors["TimeoutError"] != nil {
            counters.messages = [ErrorMessage(type: "TimeoutError", text: "read timed out")]
        }
        return counters
    }
}

extension State {
    /// Presses keys one after the other: a character each, or a key by itself.
    @discardableResult
    mutating func type(_ text: String) -> [Effect] {
        text.flatMap { update(&self, .key(.character($0))) }
    }

    /// Presses keys.
    @discardableResult
    mutating func press(keys: Key...) -> [Effect] {
        keys.flatMap { update(&self, .key($0)) }
    }

    /// The screen in lines.
    var screen: [String] { render(self, glyphs: .unicode).text }

    mutating func select(_ agent: String, _ strategy: String) {
        table.selection = RowID(agent: agent, strategy: strategy)
    }
}

public import ResilienceWire

/// A generator of random lines that are valid in the protocol.
public struct RandomLines {
    var random: SplitMix64

    /// Creates a generator. The same seed gives the same lines.
    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Returns the next line.
    public mutating func line() -> Line {
        let message = message()
        var source: InstanceID?
        switch message {
        case .hello, .commandStatus: break
        case .strategy, .delta, .call, .breaker, .limit, .ack, .lost, .ping, .pong, .beat, .bye,
            .welcome,
            .error, .command, .watch, .recording, .keyframe, .keyframeEnd, .agentUp, .agentStale,
            .agentGone, .total, .slot, .clock, .commandDone, .alert, .standing, .standingEnd,
            .unknown:
            source = optional { $0.instance() }
        }
        return Line(at: optional { $0.duration() }, source: source, message)
    }

    private mutating func message() -> Message {
        switch Int.random(in: 0..<29, using: &random) {
        case 0:
            return .hello(
                Hello(
                    version: count(), id: instance(), pid: number(0...2_147_483_647),
                    client: text(128), intervalMS: number(1...3_600_000)))
        case 1: return .strategy(strategy())
        case 2:
            var delta = delta(sequence: number(1...1 << 53 - 1))
            delta.summed = max(1, count())
            return .delta(delta)
        case 3:
            return .call(
                CallReport(
                    strategy: name(), end: pick(CallReport.End.allCases),
                    attempts: number(0...1_000_000), microseconds: duration(),
                    errors: list { $0.name() }, from: optional { $0.pick([.cache, .fallback]) },
                    tap: Bool.random(using: &random)))
        case 4:
            return .breaker(
                BreakerChange(
                    strategy: name(), version: count(), from: pick(BreakerState.allCases),
                    to: pick(BreakerState.allCases), by: pick(Author.allCases), why: text(1_024),
                    probeInMS: optional { $0.duration() }))
        case 5:
            return .limit(
                LimitChange(
                    strategy: name(), name: name(), was: double(), value: double(),
                    by: pick(Author.allCases), pinned: Bool.random(using: &random),
                    why: text(1_024)))
        case 6: return .ack(Ack(id: name(), .ok(version: optional { $0.count() })))
        case 7:
            return .ack(
                Ack(
                    id: name(),
                    .refused(code: pick(RefusalCode.allCases), detail: text(1_024))))
        case 8: return .lost(count())
        case 9: return pick([.ping, .pong, .bye, .beat, .keyframeEnd, .agentStale])
        case 10: return .welcome(version: count(), beatMS: optional { $0.number(1...3_600_000) })
        case 11: return .error(Refusal(code: text(128), detail: text(1_024)))
        case 12...15: return .command(command())
        case 16:
            return .watch(
                version: count(), figures: pick(MetricsDetail.allCases),
                historyMS: optional { $0.duration() })
        case 17: return .recording(RecordingHeader(version: count(), fusebox: text(128)))
        case 18:
            return .keyframe(lines: count(), beatMS: optional { $0.number(1...3_600_000) })
        case 19:
            return .agentUp(
                AgentUp(
                    pid: number(0...2_147_483_647), client: text(128),
                    intervalMS: number(1...3_600_000), state: pick(AgentState.allCases),
                    lost: count(), why: text(1_024)))
        case 20: return .agentGone(why: text(1_024))
        case 21:
            var total = delta(sequence: count())
            total.missed = count()
            return .total(total)
        case 22: return .slot(delta(sequence: 0))
        case 23: return .clock(jumpMS: duration() - duration())
        case 24:
            return .commandStatus(
                CommandStatus(
                    id: name(), instance: optional { $0.instance() },
                    status: pick(CommandStatus.Status.allCases),
                    tookMS: optional { Double.random(in: 0...1e6, using: &$0.random) },
                    detail: optional { $0.text(1_024) }))
        case 26:
            return .standing(
                StandingOrder(
                    id: name(), address: "*:" + name(),
                    order: pick([
                        .open(forMS: nil), .reset, .disable,
                        .setLimit(name: name(), value: optional { $0.double() }),
                    ]),
                    until: optional { $0.duration() }, who: optional { $0.text(128) },
                    reason: optional { $0.text(1_024) }))
        case 27:
            return .standingEnd(StandingEnd(id: name(), address: "*:" + name(), why: text(1_024)))
        case 25: return .commandDone(CommandDone(id: name(), acked: count(), failed: count()))
        default:
            return .alert(
                Alert(
                    id: name(), rule: name(), firing: Bool.random(using: &random),
                    about: text(290), detail: text(1_024),
                    silence: optional {
                        Alert.Silence(until: $0.duration(), reason: $0.text(1_024))
                    }))
        }
    }

    private mutating func strategy() -> StrategyDeclaration {
        StrategyDeclaration(
            strategy: name(), kind: text(128), target: optional { $0.name() },
            can: list { $0.pick(Action.allCases) },
            breaker: optional {
                BreakerReading(
                    state: $0.pick(BreakerState.allCases), version: $0.count(),
                    why: $0.text(1_024), by: $0.pick(Author.allCases), sinceMS: $0.duration(),
                    probeInMS: $0.optional { $0.duration() }, trip: $0.optional { $0.text(1_024) },
                    openMS: $0.optional { $0.duration() },
                    halfOpenCalls: $0.optional { $0.count() })
            },
            limits: list {
                LimitReading(
                    name: $0.name(), value: $0.double(), min: $0.optional { $0.double() },
                    max: $0.optional { $0.double() }, unit: $0.optional { $0.text(128) },
                    by: $0.pick(Author.allCases), pinned: Bool.random(using: &$0.random),
                    why: $0.text(1_024))
            },
            openings: optional {
                OpeningsReading(
                    lastMS: $0.duration(), flappingMS: $0.optional { $0.duration() },
                    slots: $0.list {
                        OpeningsReading.Slot(
                            agoMS: $0.duration(), count: $0.count(), openMS: $0.duration())
                    })
            })
    }

    private mutating func command() -> Command {
        let orders: [Command.Order] = [
            .open(forMS: optional { $0.duration() }), .reset, .halfOpen, .disable, .enable,
            .setLimit(name: name(), value: optional { $0.double() }),
            .tap(forMS: optional { $0.duration() }), .unknown("x" + name()),
        ]
        return Command(
            id: name(), target: pick([.strategy(name()), .address("*:" + name())]),
            order: pick(orders), ifVersion: optional { $0.count() },
            expiresMonoMS: optional { $0.duration() }, expiresAt: optional { $0.duration() },
            reason: optional { $0.text(1_024) }, who: optional { $0.text(1_024) },
            standing: optional { $0.name() },
            isAudited: Bool.random(using: &random))
    }

    private mutating func delta(sequence: Int) -> Delta {
        var counters = Counters()
        counters.ok = count()
        counters.failed = count()
        counters.rejected = count()
        counters.cancelled = count()
        counters.attempts = count()
        counters.retries = ascending { $0.number(0...1_000_000) }
            .map { RetryCount(retries: $0, calls: count()) }
        counters.errors = ascending { "E\($0.number(0...99))" }
            .map { ErrorCount(type: $0, count: count()) }
        counters.latency = ascending { $0.number(0...575) }
            .map { LatencyCount(bucket: $0, count: count()) }
        counters.messages = ascending { "E\($0.number(0...99))" }
            .map { ErrorMessage(type: $0, text: text(256)) }
        counters.retryMS = duration()
        counters.inFlight = count()
        counters.waiting = count()
        counters.oldestMS = duration()
        counters.bulkhead = optional {
            BulkheadCounters(active: $0.count(), queued: $0.count(), rejected: $0.count())
        }
        counters.hedge = optional { HedgeCounters(launched: $0.count(), won: $0.count()) }
        counters.fallback = optional {
            FallbackCounters(
                used: $0.count(), cached: $0.count(), oldestAgeMS: $0.optional { $0.duration() })
        }
        counters.idempotency = optional {
            IdempotencyCounters(executed: $0.count(), shared: $0.count(), replayed: $0.count())
        }
        counters.batch = optional {
            BatchCounters(items: $0.count(), failed: $0.count(), partial: $0.count())
        }
        counters.budget = optional {
            BudgetCounters(
                remaining: Double.random(in: 0...1, using: &$0.random), denied: $0.count())
        }
        return Delta(
            strategy: name(), sequence: sequence, spanMS: duration(), counters: counters)
    }
}

extension RandomLines {
    private mutating func optional<T>(_ make: (inout RandomLines) -> T) -> T? {
        Bool.random(using: &random) ? make(&self) : nil
    }

    private mutating func list<T>(_ make: (inout RandomLines) -> T) -> [T] {
        (0..<number(0...4)).map { _ in make(&self) }
    }

    private mutating func ascending<T: Hashable & Comparable>(
        _ make: (inout RandomLines) -> T
    ) -> [T] {
        Set(list(make)).sorted()
    }

    private mutating func pick<T>(_ choices: [T]) -> T {
        choices[number(0...choices.count - 1)]
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    /// Returns a count of any order of magnitude, often at the end of the range.
    private mutating func count() -> Int {
        let most = 1 << 53 - 1
        return pick([0, 1, most, number(0...most) >> number(0...52)])
    }

    private mutating func duration() -> Int64 { Int64(count()) }

    private mutating func double() -> Double {
        let value = Double(bitPattern: random.next())
        return value.isFinite && Bool.random(using: &random) ? value : Double(number(-5...100))
    }

    private mutating func name() -> String {
        "n" + String.random(length: number(0...20), using: &random)
    }

    private mutating func text(_ maxBytes: Int) -> String {
        String.random(length: number(0...min(40, maxBytes / 4)), using: &random)
    }

    private mutating func instance() -> InstanceID {
        let agent = name().filter { $0 != ":" && $0 != "@" }
        return InstanceID(
            agent: agent.utf8.contains(where: { $0 == 0x3A || $0 == 0x40 }) ? "agent" : agent,
            instance: InstanceDigits(.random(in: .min ... .max, using: &random)))
    }
}

extension String {
    /// Returns random characters of all kinds, with difficult ones more frequent than usual.
    public static func random(length: Int, using random: inout SplitMix64) -> String {
        let awkward: [Unicode.Scalar] = [
            "\"", "\\", "/", "\u{0}", "\n", "\u{1B}", "\u{7F}", "\u{9B}", "é", "\u{301}", "\u{302}",
            "\u{200D}", "\u{202E}", "\u{2028}", "東", "😀", "\u{FFFF}", "\u{10FFFF}", "}", ":",
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<length {
            if Int.random(in: 0..<3, using: &random) == 0,
                let one = awkward.randomElement(using: &random)
            {
                scalars.append(one)
            } else {
                scalars.append(Unicode.Scalar(UInt8.random(in: 0x20...0x7E, using: &random)))
            }
        }
        return String(scalars)
    }
}

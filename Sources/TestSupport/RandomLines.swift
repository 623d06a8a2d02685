public import ResilienceWire

/// A generator of random lines that are valid in the protocol.
public struct RandomLines {
    var random: SplitMix64

    /// Creates a generator. The same seed gives the same lines.
    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Returns the next line of a stream.
    public mutating func line() -> Line {
        let message = streamMessage()
        // A status names its instance itself.
        let hasSource = if case .commandStatus = message { false } else { true }
        return Line(
            at: optional { $0.duration() },
            source: hasSource ? optional { $0.instance() } : nil, message)
    }

    /// Returns the next message of an agent.
    public mutating func agentMessage() -> AgentMessage {
        switch number(0...10) {
        case 0:
            .hello(
                Hello(
                    version: count(), id: instance(), pid: number(0...2_147_483_647),
                    client: text(128), intervalMS: number(1...3_600_000)))
        case 1: .strategy(strategy())
        case 2: .delta(summedDelta())
        case 3: .call(call())
        case 4: .breaker(breaker())
        case 5: .limit(limit())
        case 6:
            .ack(
                Ack(
                    id: name(), .ok(version: optional { $0.count() }),
                    strategy: optional { $0.name() }))
        case 7:
            .ack(
                Ack(
                    id: name(),
                    .refused(code: pick(RefusalCode.allCases), detail: text(1_024))))
        case 8: .lost(count())
        case 9: .unsupported(UnsupportedLibrary(library: name(), why: text(1_024)))
        default: pick([.ping, .bye])
        }
    }

    /// Returns the next message of a hub to an agent.
    public mutating func hubToAgentMessage() -> HubToAgentMessage {
        switch number(0...5) {
        case 0:
            .welcome(
                version: count(), beatMS: optional { $0.number(1...3_600_000) },
                orders: optional { $0.name() })
        case 1: .pong
        case 2: .error(refusal())
        case 3: .orders(revision: name())
        case 4: .order(agentOrder())
        default:
            .command(
                AgentCommand(
                    id: name(), strategy: name(), order: order(),
                    ifVersion: optional { $0.count() },
                    expiresMonoMS: optional { $0.duration() },
                    reason: optional { $0.text(1_024) }))
        }
    }

    /// Returns the next message of a viewer or an operator.
    public mutating func operatorMessage() -> OperatorMessage {
        switch number(0...1) {
        case 0:
            .watch(
                version: count(), detail: pick(MetricsDetail.allCases),
                historyMS: optional { $0.duration() }, hasHistory: pick([false, true]))
        default:
            .command(
                OperatorCommand(
                    id: name(), address: address(), order: order(),
                    ifVersion: optional { $0.count() }, expiresAt: optional { $0.duration() },
                    reason: optional { $0.text(1_024) }, holdsLater: pick([false, true])))
        }
    }

    private mutating func standingOrder() -> Order {
        pick([
            .open(forMS: nil), .reset, .disable,
            .setLimit(name: name(), value: optional { $0.double() }),
        ])
    }

    private mutating func agentOrder() -> AgentOrder {
        AgentOrder(
            id: name(), agents: name(), except: list { $0.name() }, strategy: name(),
            order: standingOrder(), until: optional { $0.duration() },
            reason: optional { $0.text(1_024) })
    }

    private mutating func streamMessage() -> StreamMessage {
        switch number(0...21) {
        case 0: .strategy(strategy())
        case 1: .delta(summedDelta())
        case 2: .call(call())
        case 3: .breaker(breaker())
        case 4: .limit(limit())
        case 5: .lost(count())
        case 6: pick([.beat, .keyframeEnd, .historyEnd, .agentStale])
        case 7: .error(refusal())
        case 8...9: .command(streamCommand())
        case 10: .recording(RecordingHeader(version: count(), fusebox: text(128)))
        case 11:
            .keyframe(
                lines: count(), beatMS: optional { $0.number(1...3_600_000) },
                hasHistory: pick([false, true]))
        case 12:
            .agentUp(
                AgentUp(
                    pid: number(0...2_147_483_647), client: text(128),
                    intervalMS: number(1...3_600_000), state: pick(AgentState.allCases),
                    lost: count(), why: text(1_024)))
        case 13: .agentGone(why: text(1_024))
        case 14: .total(total())
        case 15: .slot(delta(sequence: 0))
        case 16: .clock(jumpMS: duration() - duration())
        case 17:
            .commandStatus(
                CommandStatus(
                    id: name(), instance: optional { $0.instance() },
                    status: pick(CommandStatus.Status.allCases),
                    tookMS: optional { Double.random(in: 0...1e6, using: &$0.random) },
                    detail: optional { $0.text(1_024) }))
        case 18: .commandDone(CommandDone(id: name(), acked: count(), failed: count()))
        case 19:
            .standing(
                StandingOrder(
                    id: name(), address: address(),
                    order: standingOrder(),
                    until: optional { $0.duration() }, who: optional { $0.text(128) },
                    reason: optional { $0.text(1_024) }))
        case 20: .history(history())
        default:
            pick([
                .standingEnd(StandingEnd(id: name(), address: address(), why: text(1_024))),
                .alert(alert()),
            ])
        }
    }

    private mutating func alert() -> Alert {
        Alert(
            id: name(), rule: name(), firing: Bool.random(using: &random), about: text(290),
            detail: text(1_024),
            silence: optional { Alert.Silence(until: $0.duration(), reason: $0.text(1_024)) })
    }

    private mutating func call() -> CallReport {
        CallReport(
            strategy: name(), end: pick(CallReport.End.allCases), attempts: number(0...1_000_000),
            microseconds: duration(), errors: list { $0.name() },
            from: optional { $0.pick([.cache, .fallback]) }, tap: Bool.random(using: &random))
    }

    private mutating func breaker() -> BreakerChange {
        BreakerChange(
            strategy: name(), version: count(), from: pick(BreakerState.allCases),
            to: pick(BreakerState.allCases), by: pick(Author.allCases), why: text(1_024),
            probeInMS: optional { $0.duration() })
    }

    private mutating func limit() -> LimitChange {
        LimitChange(
            strategy: name(), name: name(), was: double(), value: double(),
            by: pick(Author.allCases), pinned: Bool.random(using: &random), why: text(1_024))
    }

    private mutating func refusal() -> Refusal { Refusal(code: text(128), detail: text(1_024)) }

    /// An address, or a text that is none.
    private mutating func address() -> Address {
        Address(lenient: pick(["*:", "us/*:", "planner:", "planner@0aF1:", ""]) + name())
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

    private mutating func order() -> Order {
        pick([
            .open(forMS: optional { $0.duration() }), .reset, .halfOpen, .disable, .enable,
            .setLimit(name: name(), value: optional { $0.double() }),
            .tap(forMS: optional { $0.duration() }), .unknown("x" + name()),
        ])
    }

    private mutating func streamCommand() -> StreamCommand {
        StreamCommand(
            id: name(), address: address(), order: order(), ifVersion: optional { $0.count() },
            reason: optional { $0.text(1_024) }, who: optional { $0.text(1_024) },
            standing: optional { $0.name() }, isAudited: Bool.random(using: &random))
    }

    private mutating func summedDelta() -> Delta {
        var delta = delta(sequence: number(1...1 << 53 - 1))
        delta.summed = max(1, count())
        return delta
    }

    private mutating func total() -> Delta {
        var total = delta(sequence: count())
        total.missed = count()
        return total
    }

    private mutating func history() -> History {
        let offsets = ascending { $0.number(0...59) } + [59]
        return History(
            strategy: name(), from: duration(),
            slots: Set(offsets).sorted().map { offset in
                var counters = counters()
                counters.retries.removeAll { $0.calls == 0 }
                counters.errors.removeAll { $0.count == 0 }
                return History.Slot(offset: offset, counters: counters)
            })
    }

    private mutating func delta(sequence: Int) -> Delta {
        Delta(strategy: name(), sequence: sequence, spanMS: duration(), counters: counters())
    }

    private mutating func counters() -> Counters {
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
        counters.latency = histogram()
        counters.messages = ascending { "E\($0.number(0...99))" }
            .map { ErrorMessage(type: $0, text: text(256)) }
        counters.retryMS = duration()
        counters.inFlight = count()
        counters.waiting = count()
        counters.oldestMS = duration()
        var facets = CounterFacets()
        var visitor = RandomFacets(lines: self)
        facets.visit(&visitor, with: facets)
        self = visitor.lines
        counters.facets = facets == CounterFacets() ? nil : facets
        return counters
    }
}

/// Fills some facets with random numbers.
private struct RandomFacets: FacetVisitor {
    var lines: RandomLines

    mutating func facet<Facet: CounterFacet>(
        _ name: StaticString, _ value: inout Facet?, _ other: Facet?
    ) {
        guard Bool.random(using: &lines.random) else { return }
        var facet = Facet()
        facet.visit(&self, with: facet)
        value = facet
    }

    mutating func count(_ name: StaticString, _ value: inout Int, _ other: Int) {
        value = lines.count()
    }

    mutating func gauge(_ name: StaticString, _ value: inout Int, _ other: Int) {
        value = lines.count()
    }

    mutating func share(_ name: StaticString, _ value: inout Double, _ other: Double) {
        value = Double.random(in: 0...1, using: &lines.random)
    }

    mutating func longest(
        _ name: StaticString, _ value: inout Int64?, _ other: Int64?, of number: Int
    ) {
        value = lines.optional { $0.duration() }
    }

    mutating func histogram(
        _ name: StaticString, _ value: inout [LatencyCount], _ other: [LatencyCount]
    ) {
        value = lines.histogram()
    }
}

extension RandomLines {
    fileprivate mutating func optional<T>(_ make: (inout RandomLines) -> T) -> T? {
        Bool.random(using: &random) ? make(&self) : nil
    }

    fileprivate mutating func histogram() -> [LatencyCount] {
        ascending { $0.number(0...575) }.map { LatencyCount(bucket: $0, count: count()) }
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
    fileprivate mutating func count() -> Int {
        let most = 1 << 53 - 1
        return pick([0, 1, most, number(0...most) >> number(0...52)])
    }

    fileprivate mutating func duration() -> Int64 { Int64(count()) }

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

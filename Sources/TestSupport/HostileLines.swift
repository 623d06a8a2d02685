public import ResilienceWire

/// A stream that tries to mislead its reader. Each of its texts has characters that control a
/// terminal, invisible characters, line ends, and characters that a spreadsheet or Markdown would
/// interpret.
public enum HostileLines {
    /// OSC 52, clear screen, BEL, bidirectional and zero-width characters, C1, line ends, a
    /// formula.
    public static let payload =
        "\u{1B}]52;c;QQ==\u{7}\u{1B}[2J\u{202E}\u{200B}\u{9B}31m\u{7F}\r\n|\t=1+1"

    /// The instance of the lines.
    public static let id = InstanceID(
        agent: "evil" + payload, instance: InstanceDigits(repeating: "a"))
    /// The strategy of the lines.
    public static let strategy = "pay" + payload
    /// The address of the strategy in the stream.
    public static let address = "\(id.agent):\(strategy)"
    /// The time of the keyframe, in Unix milliseconds.
    public static let start: Int64 = 1_789_999_351_000

    private static func text(_ name: String) -> String { name + payload }

    private static var counters: Counters {
        var counters = Counters()
        counters.ok = 1
        counters.failed = 5
        counters.attempts = 6
        counters.errors = [ErrorCount(type: text("Error"), count: 5)]
        counters.messages = [ErrorMessage(type: text("Error"), text: text("message"))]
        return counters
    }

    private static var declaration: StrategyDeclaration {
        StrategyDeclaration(
            strategy: strategy, kind: text("retry+breaker"), target: text("target"),
            can: [.open, .reset, .halfOpen, .setLimit, .tap],
            breaker: BreakerReading(
                state: .open, version: 1, why: text("why"), by: .operator, trip: text("trip")),
            limits: [
                LimitReading(
                    name: text("max_attempts"), value: 3, unit: text("unit"), by: .adaptive,
                    why: text("limit"))
            ])
    }

    private static var alert: Alert {
        Alert(
            id: text("alert"), rule: text("rule"), firing: true, about: address,
            detail: text("detail"),
            silence: Alert.Silence(until: WireLimits.count, reason: text("silence")))
    }

    /// A keyframe with every kind of line that a keyframe may have.
    public static var keyframe: [Line] {
        let up = AgentUp(pid: 1, client: text("client"), intervalMS: 500)
        let standing = StandingOrder(
            id: text("standing"), address: Address(lenient: address), order: .open(forMS: nil),
            who: text("who"),
            reason: text("reason"))
        let total = Delta(strategy: strategy, sequence: 1, spanMS: 0, counters: counters)
        let body: [Line] = [
            Line(at: start, source: id, .agentUp(up)),
            Line(at: start, source: id, .strategy(declaration)),
            Line(at: start, source: id, .total(total)),
            Line(at: start, .standing(standing)), Line(at: start, .alert(alert)),
        ]
        return [Line(at: start, .keyframe(lines: body.count))] + body
            + [Line(at: start, .keyframeEnd)]
    }

    /// Lines after the keyframe, one of each kind.
    public static var news: [Line] {
        let messages: [StreamMessage] = [
            .delta(Delta(strategy: strategy, sequence: 2, spanMS: 500, counters: counters)),
            .history(
                History(
                    strategy: strategy, from: start,
                    slots: [History.Slot(offset: 0, counters: counters)])),
            .breaker(
                BreakerChange(
                    strategy: strategy, version: 2, from: .open, to: .halfOpen, by: .policy,
                    why: text("probe"))),
            .breaker(
                BreakerChange(
                    strategy: strategy, version: 3, from: .halfOpen, to: .open, by: .policy,
                    why: text("failed"))),
            .limit(
                LimitChange(
                    strategy: strategy, name: text("max_attempts"), was: 3, value: 2,
                    by: .operator, pinned: true, why: text("limit"))),
            call(tap: false),
            .command(command("c1" + payload, .open(forMS: nil))),
            .commandStatus(
                CommandStatus(
                    id: "c1" + payload, instance: id, status: .refused, detail: text("detail"))),
            .commandDone(CommandDone(id: "c1" + payload, acked: 0, failed: 1)),
            .command(command("c2", .unknown(text("boom")))),
            .unknown(type: text("new")),
        ]
        return messages.enumerated().map { index, message in
            var source: InstanceID? = id
            switch message {
            case .command, .commandStatus, .commandDone: source = nil
            default: break
            }
            return Line(at: start + 100 * Int64(index + 1), source: source, message)
        }
    }

    /// Returns a call of the strategy.
    public static func call(tap: Bool) -> StreamMessage {
        .call(
            CallReport(
                strategy: strategy, end: .failed, attempts: 2, microseconds: 100,
                errors: [text("Error")], tap: tap))
    }

    private static func command(_ id: String, _ order: Order) -> StreamCommand {
        StreamCommand(
            id: id, address: Address(lenient: address), order: order, reason: text("reason"),
            who: text("who"))
    }

    /// Returns the lines encoded, without making texts safe.
    public static func bytes(_ lines: [Line]) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines { line.encode(into: &bytes) }
        return bytes
    }

    /// Returns the lines of an output that contain text that is not safe to show.
    public static func unsafe(in output: String) -> [String] {
        output.unicodeScalars.split(separator: "\n").map { String($0) }
            .filter { Array(SafeText.sanitise($0).utf8) != Array($0.utf8) }
    }
}

import ArgumentParser
import Dashboard
import DashboardApp
import Fleet
import Foundation
import HostSupport
import HubClient
import ResilienceWire
import Sockets

/// The options of all orders to agents: the target, and how the order is sent.
struct OrderOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions

    @Argument(
        help: "AGENT:STRATEGY, AGENT@INSTANCE:STRATEGY or *:STRATEGY.",
        transform: { SafeText.sanitise($0) })
    var address: String

    @Option(help: "The reason, for the journal; such as 'vendor down'.")
    var reason: String?

    @Option(help: "Act only while the breaker is at this version; such as 7.")
    var ifVersion: Int?

    @Flag(help: "Do not ask for confirmation if several instances match.")
    var yes = false

    @Flag(help: "Show the matching instances, and do nothing.")
    var dryRun = false

    @Flag(help: "Each instance's outcome as one JSON object.")
    var json = false

    @Option(help: "How long to wait for answers, such as 2s.")
    var timeout = DurationValue(milliseconds: 3_000)

    /// The usage line of a command with these options.
    ///
    /// - Parameters:
    ///   - command: the words of the command.
    ///   - arguments: the arguments of each form; the last form is also shown with the common options.
    static func examples(_ command: String, _ arguments: [String]) -> String {
        let last = arguments.last ?? ""
        let words = last.replacing("planner:", with: "*:").split(separator: " ", maxSplits: 1)
        let forAll = ["'\(words.first ?? "")'"] + words.dropFirst().map(String.init)
        let lines =
            arguments + [
                "\(last) --dry-run", "\(forAll.joined(separator: " ")) --yes --json",
            ]
        return (["Examples:"] + lines.map { "  fusebox \(command) \($0)" }).joined(separator: "\n")
    }

    /// Sends the order and prints its outcome.
    ///
    /// - Parameter holdsLater: whether the order may also hold for agents to come alone, if the
    ///   address matches no instance now.
    func give(_ order: Order, holdsLater: Bool = true) async throws {
        guard let given = try await submit(order, holdsLater: holdsLater) else { return }
        given.hub.close()
        try report(given.outcome)
    }

    /// Sends the order.
    ///
    /// - Returns: the outcome, and the connection with the stream after it; `nil` after a dry run.
    func submit(
        _ order: Order, holdsLater: Bool = true
    ) async throws -> (hub: HubConnection, outcome: OrderOutcome)? {
        let target = try Address(argument: address)
        let (_, hub) = try await connection.connect(as: .operator)
        let limit = timeout.duration
        // A tap's calls come on the stream.
        let detail: MetricsDetail = if case .tap = order { .full } else { .off }
        let fleet = try await connection.fleet(of: hub, within: limit, detail: detail)
        var command = OperatorCommand(
            id: UUID().uuidString, address: target, order: order, ifVersion: ifVersion,
            reason: reason)
        let instances: [InstanceID]
        switch fleet.reach(of: StreamCommand(command), holdsLater: true) {
        case .found(let found): instances = found
        case .nothing(let detail): throw noInstance(detail, hub)
        case .standing(let detail):
            instances = []
            if dryRun {
                try StandardOutput.print("would \(order.phrase): \(detail)")
                return nil
            }
            if order.isStanding {
                try agreeToHoldLater(order, holdsLater, at: target, in: fleet, hub)
                command.holdsLater = true
            }
        }
        let listed = instances.map { "  \(fleet.address(of: $0, target.strategy))" }
            .joined(separator: "\n")
        if dryRun {
            try StandardOutput.print(
                "would \(order.phrase) at \(Self.count(instances)):\n\(listed)")
            try object(to: order, instances, in: fleet, target.strategy)
            return nil
        }
        if instances.count > 1, !yes {
            Console.error("\(address) covers \(Self.count(instances)):\n\(listed)")
            guard Console.ask("\(order.phrase) at all of them?") == true else {
                throw Failure(.refused, "nothing was done; add --yes to act on all of them")
            }
        }
        hub.send(command, within: timeout.milliseconds)
        let id = command.id
        let answer = try await withTimeout(limit) { try await Self.outcome(of: id, hub, in: fleet) }
        guard let outcome = answer else {
            throw Failure(.timedOut, "no answer within \(Format.duration(timeout.milliseconds))")
        }
        return (hub, outcome)
    }

    private static func count(_ instances: [InstanceID]) -> String {
        "\(instances.count) instance\(instances.count == 1 ? "" : "s")"
    }

    /// Prints which instances will reject the order, as far as their declarations tell.
    private func object(
        to order: Order, _ instances: [InstanceID], in fleet: Fleet, _ strategy: String
    ) throws {
        let rejections = instances.compactMap { id in
            fleet.agents[id]?.strategies[strategy]?.rejection(of: order, ifVersion: ifVersion)
                .map { "\(fleet.address(of: id, strategy)) would refuse: \($0)" }
        }
        guard rejections.isEmpty else {
            throw Failure(.refused, rejections.joined(separator: "\n"))
        }
    }

    private func noInstance(_ detail: String, _ hub: HubConnection) -> Failure {
        // The missing hubs were reported; their strategies are unknown.
        Failure(connection.missing(hub) == nil ? .notFound : .noHub, "\(address): \(detail)")
    }

    /// Throws unless the operator wants an order that covers no instance now to hold for agents to
    /// come. A mistyped address must not become a standing order.
    private func agreeToHoldLater(
        _ order: Order, _ holdsLater: Bool, at target: Address, in fleet: Fleet,
        _ hub: HubConnection
    ) throws {
        var detail = ""
        if case .nothing(let why) = fleet.resolve(target) { detail = why }
        guard holdsLater else {
            throw noInstance(
                "\(detail)\nto hold it for agents to come, add --for or --until-reset", hub)
        }
        if yes { return }
        let known = fleet.agents.values.flatMap { agent in
            agent.strategies.keys.map { "\(agent.id.agent):\($0)" }
        }
        let nearest = Nearest.names(to: address, among: Array(Set(known)), limit: 5)
        let names = nearest.isEmpty ? "" : "; the nearest names are:\n  "
        Console.error(
            "\(address) covers no instance now\(names)\(nearest.joined(separator: "\n  "))")
        guard Console.ask("\(order.phrase) for agents to come?") == true else {
            throw noInstance("\(detail)\nto hold it for agents to come, add --yes", hub)
        }
    }

    /// Waits for the end of the command and returns its outcome.
    private static func outcome(
        of id: String, _ hub: HubConnection, in fleet: Fleet
    ) async throws -> OrderOutcome {
        var outcome = OrderOutcome(in: fleet)
        for try await batch in hub.batches {
            for line in try batch.decoded() {
                switch line.message {
                case .command(let command) where command.id == id && !command.isAudited:
                    Console.error("UNAUDITED: the hub's audit log cannot be written")
                case .commandStatus(let status) where status.id == id:
                    outcome.take(line, status)
                case .commandDone(let done) where done.id == id:
                    outcome.failed = done.failed
                    return outcome
                case .error(let refusal):
                    throw Failure(.refused, "the hub refused: \(refusal.detail)")
                default:
                    break
                }
            }
        }
        throw Failure(.noHub, "the hub closed the connection before the command was over")
    }

    /// Prints the outcome. Throws the exit code if an instance did not carry out the order.
    func report(_ outcome: OrderOutcome) throws {
        for answer in outcome.answers { try tell(answer, in: outcome.fleet) }
        if let code = outcome.code { throw ExitCode(code.rawValue) }
    }

    /// Prints the outcome at one instance.
    func tell(_ answer: Line, in fleet: Fleet) throws(StandardOutput.Ended) {
        guard case .commandStatus(let status) = answer.message else { return }
        if json {
            try StandardOutput.print(JSONText.line(answer))
            return
        }
        let isStanding = status.status == .acked && status.instance == nil
        let line =
            isStanding
            ? "\(address) \(status.detail ?? "")"
            : Self.words(status, at: status.instance.map(fleet.name) ?? address)
        if status.status == .acked { try StandardOutput.print(line) } else { Console.error(line) }
    }

    /// The outcome at one instance as text.
    static func words(_ status: CommandStatus, at who: String) -> String {
        let took = status.tookMS.map { " \(Format.latency(microseconds: $0 * 1_000))" } ?? ""
        let detail = status.detail.map { ": \($0)" } ?? ""
        return "\(who) \(status.status.rawValue.replacing("_", with: " "))\(took)\(detail)"
    }
}

extension Address {
    /// Parses an address from the command line.
    init(argument: String) throws {
        do throws(Malformed) {
            try self.init(argument)
        } catch {
            throw ValidationError(error.description)
        }
    }
}

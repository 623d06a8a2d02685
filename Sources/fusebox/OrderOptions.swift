import ArgumentParser
import Attach
import Fleet
import Foundation
import ResilienceWire
import Sockets

/// What every order to agents has in common: whom it is for, and how it is given.
struct OrderOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "AGENT:STRATEGY, AGENT@INSTANCE:STRATEGY or *:STRATEGY.")
    var address: String

    @Option(help: "Why, for the journal; such as 'vendor down'.")
    var reason: String?

    @Option(help: "Act only while the breaker is at this version; such as 7.")
    var ifVersion: Int?

    @Flag(help: "Do not ask, though it covers several instances.")
    var yes = false

    @Flag(help: "Say what it would act on, and do nothing.")
    var dryRun = false

    @Option(help: "How long to wait for answers, such as 2s.")
    var timeout = DurationArgument(milliseconds: 3_000)

    func give(_ order: Command.Order) async throws {
        let target: Address
        do throws(Address.Malformed) {
            target = try Address(address)
        } catch {
            throw ValidationError(error.description)
        }
        let (_, hub) = try await connection.connect(as: .operator)
        defer { hub.close() }
        let limit = timeout.duration
        guard let fleet = try await withTimeout(limit, { try await FleetSnapshot.read(hub) }) else {
            throw Failure(.timedOut, "the hub did not tell its state in time")
        }
        let instances = try instances(of: target, in: fleet)
        let listed = instances.map { "  \(Address($0, strategy: target.strategy))" }
            .joined(separator: "\n")
        if dryRun {
            Console.print("would \(order.word) \(instances.count):\n\(listed)")
            return
        }
        if instances.count > 1, !yes {
            Console.error("\(address) covers \(instances.count) instances:\n\(listed)")
            guard Console.ask("\(order.word) all of them?") == true else {
                throw Failure(.refused, "nothing was done; --yes acts on all of them")
            }
        }
        let command = Command(
            id: UUID().uuidString, target: .address(address), order: order, ifVersion: ifVersion,
            reason: reason)
        hub.send(Line(.command(command)))
        let answer = try await withTimeout(limit) { try await Self.outcome(of: command.id, hub) }
        guard let outcome = answer else {
            throw Failure(.timedOut, "no answer within \(Words.duration(timeout.milliseconds))")
        }
        try report(outcome)
    }

    private func instances(of target: Address, in fleet: Fleet) throws -> [InstanceID] {
        switch fleet.resolve(target) {
        case .found(let instances): return instances
        case .nothing(let detail): throw Failure(.notFound, "\(address): \(detail)")
        }
    }

    /// The last status of each instance, once the command is over.
    private static func outcome(
        of id: String, _ hub: HubConnection
    ) async throws -> [CommandStatus] {
        var last: [InstanceID?: CommandStatus] = [:]
        for try await batch in hub.batches {
            for line in batch {
                switch line.message {
                case .commandStatus(let status) where status.id == id:
                    last[status.instance] = status
                case .commandDone(let done) where done.id == id:
                    return last.sorted { $0.value.order < $1.value.order }.map(\.value)
                case .error(let refusal):
                    throw Failure(.refused, "the hub refused: \(refusal.detail)")
                default:
                    break
                }
            }
        }
        throw Failure(.noHub, "the hub closed the connection before the command was over")
    }

    private func report(_ outcome: [CommandStatus]) throws {
        for status in outcome {
            let who = status.instance.map { "\($0.agent)@\($0.instance.prefix(8))" } ?? address
            let took = status.tookMS.map { String(format: " %.1f ms", $0) } ?? ""
            let detail = status.detail.map { ": \($0)" } ?? ""
            let line = "\(who) \(status.status.rawValue.replacing("_", with: " "))\(took)\(detail)"
            if status.status == .acked { Console.print(line) } else { Console.error(line) }
        }
        let stations = Set(outcome.map(\.status))
        if stations == [.acked] { return }
        if stations == [.noAgent] { throw ExitCode(Failure.Code.notFound.rawValue) }
        if stations == [.timedOut] { throw ExitCode(Failure.Code.timedOut.rawValue) }
        throw ExitCode(Failure.Code.refused.rawValue)
    }
}

extension CommandStatus {
    /// Where it stands in a list: by agent and instance.
    fileprivate var order: InstanceID {
        instance ?? InstanceID(agent: "", instance: "")
    }
}

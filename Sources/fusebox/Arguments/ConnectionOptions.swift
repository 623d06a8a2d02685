import ArgumentParser
import Fleet
import Foundation
import HostSupport
import HubClient
import ResilienceWire
import Sockets

/// The options that select the hub, or several hubs.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The hub's socket directory, such as /run/user/1000/fusebox.",
            discussion: "Without it: FUSEBOX_SOCKET_DIR, then the usual places.",
            valueName: "dir"))
    var socketDir: String?

    @Option(
        help: ArgumentHelp(
            "A command that reaches a hub elsewhere, such as 'ssh prod fusebox pipe'.",
            discussion: """
                Repeated, as NAME=COMMAND, it shows several hubs as one; each agent's name then \
                begins with its hub's: --via 'eu=ssh eu fusebox pipe' --via 'us=ssh us fusebox \
                pipe' has eu/planner and us/planner.
                """,
            valueName: "command"))
    var via: [NamedHub] = []

    /// The options as command-line arguments.
    var arguments: [String] {
        (socketDir.map { ["--socket-dir", $0] } ?? []) + via.flatMap { ["--via", $0.argument] }
    }

    func validate() throws {
        guard via.count > 1 else { return }
        guard via.allSatisfy({ $0.name != nil }) else {
            throw ValidationError(
                "several --via need a name each, such as --via 'eu=ssh eu fusebox pipe'")
        }
        guard Set(via.map(\.name)).count == via.count else {
            throw ValidationError("two --via have the same name")
        }
    }

    /// The locator of a single hub.
    var locator: HubLocator { locator(via: via.first?.command) }

    /// The hub, or several as one.
    var hubs: Hubs {
        guard via.count > 1 else { return Hubs(locator) }
        return Hubs(
            locator,
            several: via.map { (name: $0.name ?? "", locator: locator(via: $0.command)) })
    }

    private func locator(via command: String?) -> HubLocator {
        HubLocator(socketDir, via: command, environment: ProcessInfo.processInfo.environment)
    }

    /// Reads the state of the hub once.
    func fleet() async throws -> Fleet {
        let (_, hub) = try await connect(as: .view)
        defer { hub.close() }
        return try await fleet(of: hub, within: .seconds(5))
    }

    /// The history that tables and reports need, in milliseconds.
    static let lastMinuteMS: Int64 = 60_000

    /// Reads the state of a hub, and reports missing hubs of several on standard error.
    ///
    /// - Parameters:
    ///   - detail: the detail of the stream that follows.
    ///   - historyMS: the history in the state, in milliseconds; `nil` for five minutes.
    func fleet(
        of hub: HubConnection, within limit: Duration, detail: MetricsDetail = .off,
        historyMS: Int64? = Self.lastMinuteMS
    ) async throws -> Fleet {
        let read: Fleet?
        do {
            read = try await withTimeout(limit) {
                try await FleetSnapshot.read(hub, detail: detail, historyMS: historyMS)
            }
        } catch let failure as Failure where failure.code == .noHub && via.count == 1 {
            let command = via.first?.command ?? ""
            throw Failure(.noHub, "\(failure.message); it was reached by: \(command)")
        }
        guard let fleet = read else {
            let missing = missing(hub).map { "; \($0)" } ?? ""
            let why =
                hub.silentMS == nil
                ? "did not send its state within \(limit)"
                : "has sent nothing for \(Int64(limit / .seconds(1))) s: it is stopped, or the "
                    + "connection stalls"
            throw Failure(.timedOut, "the hub \(why)\(missing)")
        }
        sayWhatIsWrong(with: hub)
        return fleet
    }

    /// Reports on standard error which of several hubs are missing, and whose clocks are off.
    func sayWhatIsWrong(with hub: HubConnection) {
        if let missing = missing(hub) { Console.error(missing) }
        if !hub.notes.isEmpty { Console.error(hub.notes) }
    }

    /// Reports on standard error when the hub falls silent and when it responds again. In between the printed
    /// lines are incomplete.
    func tellSilence(of hub: HubConnection) {
        hub.onPulse { pulse in
            switch pulse {
            case .silent(let milliseconds):
                Console.error(
                    "no data from the hub for \(milliseconds / 1_000) s: it is stopped, or the "
                        + "connection stalls; its events are not shown")
            case .heard:
                Console.error("the hub answers again")
            }
        }
    }

    /// A message that names the hubs that do not answer; `nil` if all answer.
    func missing(_ hub: HubConnection) -> String? {
        via.count > 1 && !hub.words.isEmpty ? "does not answer: \(hub.words)" : nil
    }

    func connect(as role: SocketRole) async throws -> (HubEndpoint, HubConnection) {
        do throws(HubLocator.NoHub) {
            return try await hubs.connect(as: role)
        } catch {
            throw Failure(error)
        }
    }
}

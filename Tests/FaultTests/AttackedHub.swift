import Fleet
import Foundation
import HubClient
import ResilienceWire
import Sockets
import TestSupport
import Testing

/// A hub with a small memory budget, and the conditions that hold for every attacked hub.
struct AttackedHub {
    /// The factor by which attacks run longer in `make soak`.
    static let soak = ProcessInfo.processInfo.environment["FUSEBOX_SOAK"] == nil ? 1 : 10

    private static let budgetMB = 64
    /// Memory beyond the budget: the program itself and unused memory of the allocator.
    private static let overheadKiB = 40_000

    let scratch: Scratch
    let hub: Running
    private let before: Int

    init(_ scratch: Scratch) throws {
        self.scratch = scratch
        hub = try scratch.hub(
            "--memory", "\(Self.budgetMB)MB", under: ["prlimit", "--nofile=4096"])
        before = Process.residentKiB(hub.pid)
    }

    /// Connects an agent and waits for its welcome.
    func agent(_ name: String, _ number: Int) throws -> Wire {
        let agent = try Wire(scratch.sockets, .agent)
        try agent.write(
            .hello(Hello(id: InstanceID(agent: name, number: number), pid: 1, client: "raw/1")))
        guard case .welcome = try agent.next() as HubToAgentMessage else { throw NotWelcome() }
        return agent
    }

    struct NotWelcome: Error {}

    /// Connects a viewer of agents, alerts and commands, without counters.
    func viewer() async throws -> Viewer {
        let viewer = try await scratch.viewer()
        viewer.connection.watch(.off)
        return viewer
    }

    /// Returns whether an alert that names a peer fires.
    static func isNamed(_ name: String, in fleet: Fleet) -> Bool {
        fleet.alerts.map(\.alert).contains { alert in
            ["memory", "flood", "disobeyed"].contains(alert.rule) && alert.about.hasPrefix(name)
        }
    }

    /// Expects that the hub runs, has never exceeded its memory, and answers `status` in time.
    func expectToBeWell(_ location: SourceLocation = #_sourceLocation) async throws {
        let status = try await Tool.run("status", "--socket-dir", scratch.sockets.path)
        #expect(status.status == 0, "\(status.errors)", sourceLocation: location)
        let peak = Process.peakResidentKiB(hub.pid)
        let most = Self.budgetMB * 1_000 * 5 / 4 + Self.overheadKiB
        #expect(peak > 0 && peak <= most, sourceLocation: location)
    }

    /// Expects that the hub's standard error and an alert name this process as one that did not
    /// read.
    func expectToNameUs(_ location: SourceLocation = #_sourceLocation) async throws {
        let words = try hub.errors.readLine()
        #expect(
            words.contains("disconnected viewers and operators that do not read: "),
            sourceLocation: location)
        #expect(words.hasSuffix("process \(getpid())"), sourceLocation: location)
        let viewer = try await viewer()
        defer { viewer.connection.close() }
        try await viewer.wait { Self.isNamed("hub", in: $0) }
    }

    /// Waits until the hub has released the memory after all attackers have left, and ends the hub.
    ///
    /// - Parameter name: the name of the attack, for the report.
    func expectToRecover(
        from name: String, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let watcher = try Wire(scratch.sockets, .view)
        try watcher.write(.watch(version: 1, detail: .off, historyMS: 0))
        let most = before * 3 / 2
        // The hub sends a beat every second.
        var beats = 0
        while beats < 60, Process.residentKiB(hub.pid) > most {
            if (try watcher.next() as Line).message == .beat { beats += 1 }
        }
        let (peak, after) = (Process.peakResidentKiB(hub.pid), Process.residentKiB(hub.pid))
        print(
            "\(name): \(before >> 10) MiB before, at most \(peak >> 10), \(after >> 10) after \(beats) s"
        )
        #expect(after > 0 && after <= most, sourceLocation: location)
        hub.signal(SIGTERM)
        #expect(await hub.end() == 0, sourceLocation: location)
    }
}

extension Wire {
    /// Reads lines until a command comes.
    func nextCommand() throws -> AgentCommand {
        while true {
            if case .command(let command) = try next() as HubToAgentMessage { return command }
        }
    }
}

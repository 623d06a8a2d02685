import ArgumentParser
import DashboardApp
import Foundation
import HostSupport
import Hub
import HubClient
import HubMetrics
import NIOPosix
import Recording
import Sockets

struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub", abstract: "Runs the hub that agents, viewers and operators connect to.",
        discussion: """
            In the foreground it runs until it is interrupted. Examples:
              fusebox hub                 in this terminal
              fusebox hub --background    in the background; exits 10 minutes after the last connection
              fusebox hub --stop          stops the running hub
              fusebox hub --audit required             refuses commands that cannot be logged
              sudo fusebox hub --system                for all users of the machine
              fusebox hub --metrics 127.0.0.1:9464     with metrics for Prometheus
            Alerts, and an address for metrics, are in ~/.config/fusebox/config.yaml; SIGHUP makes \
            it reload the alerts.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Start it in the background and return when it answers.")
    var background = false

    @Flag(help: "End the hub that owns the socket directory.")
    var stop = false

    @Flag(
        help: ArgumentHelp(
            "The hub of the system, at /run/fusebox, with a group for each role; as root.",
            discussion: "The groups are fusebox-agent, fusebox-view and fusebox-operator, unless "
                + "--group says otherwise. State is kept in /var/lib/fusebox."))
    var system = false

    @Option(
        name: .customLong("group"),
        help: ArgumentHelp(
            "A role's group with --system; such as operator=sre. Repeatable.",
            valueName: "role=group"))
    var groups: [GroupArgument] = []

    @Option(
        help: ArgumentHelp(
            "Decides about commands that the audit log cannot store.",
            discussion:
                "'best': they are carried out, sent to the system log and shown as UNAUDITED, so "
                + "that operators can act although a disk is full. 'required': they are refused."))
    var audit = AuditMode.best

    @Option(
        help: ArgumentHelp(
            "How long entries of the audit log are kept, such as 30d.",
            discussion: "At 64 MB, or when its first entry is older than an eighth of this time, "
                + "audit.ndjson becomes audit.1.ndjson. Eight such files are kept, each until its "
                + "last entry is older than this time. Without it: 'audit_keep' of config.yaml; "
                + "without that, 90 days."))
    var auditKeep: DurationValue?

    @Option(
        help: ArgumentHelp(
            "Serve metrics for Prometheus at this address, such as 127.0.0.1:9464.",
            discussion: "At http://ADDRESS/metrics, with resilience4j's names if they exist. "
                + "[::1]:9464 is IPv6, :9464 is 127.0.0.1, port 0 is any free port. There is no "
                + "password: anyone who can connect can read them, so use an address other "
                + "than loopback only in networks that you trust. Without it: 'metrics' of "
                + "config.yaml; without that, no metrics are served.",
            valueName: "address"),
        transform: MetricsAddress.argument)
    var metrics: MetricsAddress?

    @Option(
        help: ArgumentHelp(
            "Record everything into this directory, such as ~/recordings.",
            discussion: "In compressed files of at most an hour, which 'fusebox replay' shows."))
    var recordDir: String?

    @Option(help: "How long a recording in --record-dir is kept, such as 7d.")
    var keep = DurationValue(milliseconds: 7 * 86_400_000)

    @Option(help: "Total size of the recordings in --record-dir, such as 2GB.")
    var maxSize = ByteCount(bytes: 2_000_000_000)

    @Option(
        help: ArgumentHelp(
            "Memory for the data of agents, viewers and operators, such as 512MB.",
            discussion: "Beyond it, the agent that uses most first loses its history, and is then "
                + "disconnected and named. Viewers and operators that do not read may use a "
                + "quarter of it, agents that are gone 1/32."))
    var memory = ByteCount(bytes: 512_000_000)

    @Option(help: .hidden)
    var idleExit: DurationValue?

    enum AuditMode: String, ExpressibleByArgument, CaseIterable {
        case best, required
    }

    func validate() throws {
        guard memory.bytes >= 16_000_000 else {
            throw ValidationError("--memory must be at least 16MB")
        }
        guard auditKeep.map({ $0.milliseconds >= 86_400_000 }) ?? true else {
            throw ValidationError("--audit-keep must be at least 1d")
        }
        guard !system || !background else {
            throw ValidationError("--system runs in the foreground, like a service")
        }
        guard system || groups.isEmpty else {
            throw ValidationError("--group requires --system")
        }
        guard !background || metrics?.port != 0 else {
            throw ValidationError(
                "--metrics with --background needs a port other than 0")
        }
    }

    func run() async throws {
        let isElsewhere = connection.socketDir != nil
        let directory = system && !isElsewhere ? SocketDirectory.system : connection.locator.own
        if stop {
            try await HubProcess.stop(directory)
            try StandardOutput.print("hub ended: \(directory)")
        } else if background {
            try await HubProcess.start(
                directory,
                options: [
                    "--audit", audit.rawValue, "--memory", "\(Double(memory.bytes) / 1_000)KB",
                ]
                    + (auditKeep.map { ["--audit-keep", "\($0.milliseconds)ms"] } ?? [])
                    + (metrics.map { ["--metrics", $0.description] } ?? [])
                    + (recordDir.map {
                        [
                            "--record-dir", URL(filePath: $0).path(percentEncoded: false),
                            "--keep", "\(keep.milliseconds)ms", "--max-size",
                            "\(Double(maxSize.bytes) / 1_000)KB",
                        ]
                    } ?? []))
            try StandardOutput.print("hub: \(directory)")
        } else {
            try await serve(directory)
        }
    }

    private func serve(_ directory: SocketDirectory) async throws {
        let manager = ServiceManager.take()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var options = Hub.Options()
        options.state = StatePlaces(
            system ? StateDirectory.system : StateDirectory.path, for: directory)
        if system { options.access = try GroupArgument.access(groups) }
        options.requiresAudit = audit == .required
        options.memoryBytes = Int(memory.bytes)
        let config = Config.path(isSystem: system)
        let wishes = try Config.load(config)
        options.alerts = wishes.alerts
        options.auditKeep = auditKeep?.duration ?? wishes.auditKeep
        options.scrapeInterval = wishes.scrapeInterval
        options.log = { Console.error($0) }
        let recording = try recordDir.map { path throws(Failure) in
            try RotatingRecorder(
                path, Retention(keepMS: keep.milliseconds, maxBytes: maxSize.bytes))
        }
        let hub: Hub
        do throws(SocketError) {
            hub = try Hub(directory, on: group.next(), options)
        } catch {
            throw Failure(error)
        }
        let signals = await HubSignals(config, manager) { [config] () throws(Failure) in
            try Config.load(config).alerts
        }
        try await hub.start()
        StandardOutput.announce("hub: \(directory)")
        manager?.tell(.ready)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await signals.handle(hub) }
            if let manager { tasks.addTask { await manager.attend(hub) } }
            if let address = metrics ?? wishes.metrics {
                let endpoint = MetricsEndpoint(of: hub.metrics(version: Program.version))
                tasks.addTask { await endpoint.serve(at: address) }
            }
            if let recording {
                tasks.addTask {
                    await recording.record(directory) { isStopped, words in
                        Console.error(words)
                        hub.tellRecording(isStopped: isStopped, words)
                    }
                }
            }
            if let idleExit { tasks.addTask { await idle(hub, idleExit.duration) } }
            await tasks.next()
            tasks.cancelAll()
        }
        manager?.tell(.stopping)
        await hub.stop()
    }

    /// Waits until no agent, viewer or operator has been connected for a time.
    private func idle(_ hub: Hub, _ limit: Duration) async {
        var lastBusy = ContinuousClock.now
        while ContinuousClock.now - lastBusy < limit {
            do { try await Task.sleep(for: min(limit, .seconds(5))) } catch { return }
            let peers = await hub.peers
            if peers.agents + peers.watchers > 0 { lastBusy = .now }
        }
    }
}

import ArgumentParser
import Dashboard
import DashboardApp
import Foundation
import HostSupport
import HubClient
import ResilienceWire
import Sockets

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Shows the live dashboard; starts a hub if none answers.",
        discussion: """
            It connects to the hub as a viewer: agents and hub continue after quitting. If standard \
            output is not a terminal, it prints what 'status' prints. Examples:
              fusebox --theme colour-blind-safe
              fusebox watch --read-only
              fusebox watch --ascii
              fusebox watch --dump-screen 120x40 --svg > now.svg
            """)

    @OptionGroup var connection: ConnectionOptions

    @OptionGroup var looks: LookOptions

    @Flag(help: "Disable actions on agents.")
    var readOnly = false

    @OptionGroup var dump: ScreenDumpOptions

    func run() async throws {
        guard dump.dumpScreen == nil else { return try await printScreen() }
        guard Console.hasScreen else {
            try await StatusCommand.parse(connection.arguments).run()
            return
        }
        let look = try DisplaySettings(
            theme: looks.theme, ascii: looks.ascii, file: ViewFile(in: StateDirectory.path))
        let hubs = connection.hubs
        let recorder = Recorder(connection.arguments)
        defer { if let words = recorder.farewell { Console.error(words) } }
        try await DashboardLoop.runForCommand(
            try await .live(
                hubs, mode: .live, readOnly: readOnly, startsHub: !hubs.isElsewhere, recorder,
                look: look),
            look)
    }

    private func printScreen() async throws {
        let (_, hub) = try await connection.connect(as: .view)
        defer { hub.close() }
        let fleet = try await connection.fleet(
            of: hub, within: .seconds(5), detail: .perSecond, historyMS: nil)
        var state = State(
            mode: .live, host: connection.hubs.displayName, mayControl: false,
            secondsAhead: LocalTime.secondsAhead, isTime: RecordingTime.isTime, makeID: { "" })
        _ = update(&state, .connected)
        try dump.printScreen(fleet, state, looks)
    }
}

extension Hubs {
    /// The names of several hubs, or of this machine for one.
    fileprivate var displayName: String {
        names.isEmpty ? ProcessInfo.processInfo.hostName : names.joined(separator: " ")
    }

    /// Connects as an operator if the user may, else as a viewer.
    fileprivate func connect(
        readOnly: Bool
    ) async throws(HubLocator.NoHub) -> (SocketRole, HubEndpoint, HubConnection) {
        if !readOnly, let (place, hub) = try? await connect(as: .operator) {
            return (.operator, place, hub)
        }
        let (place, hub) = try await connect(as: .view)
        return (.view, place, hub)
    }
}

extension DashboardLoop.Subject {
    /// The live subject.
    ///
    /// - Parameter startsHub: whether to start a hub if none answers, and again if that one is lost.
    static func live(
        _ hubs: Hubs, mode: State.Mode, readOnly: Bool, startsHub: Bool, _ recorder: Recorder,
        look: DisplaySettings
    ) async throws -> DashboardLoop.Subject {
        var found = try? await hubs.connect(readOnly: readOnly)
        let isNew = found == nil && startsHub
        if isNew { try await HubProcess.start(hubs.locator.own) }
        if found == nil {
            do throws(HubLocator.NoHub) {
                found = try await hubs.connect(readOnly: readOnly)
            } catch {
                throw Failure(error)
            }
        }
        guard let (role, place, hub) = found else { throw Failure(.noHub, "no hub answers") }
        let history = mode == .demo ? nil : CommandHistory(in: StateDirectory.path)
        let state = State(
            mode: mode,
            host: hubs.displayName,
            mayControl: role == .operator,
            socketPath: place.directory?.socket(.agent) ?? place.description,
            themes: look.names, runbooks: look.config.runbooks, keepsPast: true,
            history: history?.load() ?? [],
            secondsAhead: LocalTime.secondsAhead, isTime: RecordingTime.isTime,
            makeID: { UUID().uuidString })
        let rewind = RewindBuffer(
            in: (try? StateDirectory.create()) ?? StateDirectory.path,
            limit: look.config.pastBytes)
        return DashboardLoop.Subject(
            state: state, feed: HubFeed(hub, hubs, as: role, startsHub: isNew, rewind),
            history: history, recorder: recorder, rewind: rewind)
    }
}

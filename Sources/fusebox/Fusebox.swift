import ArgumentParser
import Glibc

/// The command: parses, and hands over to one subcommand.
@main
struct Fusebox: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "fusebox",
        abstract:
            "A terminal panel for the retry strategies and circuit breakers of running agents.",
        discussion: """
            Without a subcommand it shows the live dashboard. New here? 'fusebox demo' shows it over \
            agents that fail on a script.

            Files:
              ~/.config/fusebox/config.yaml      ($XDG_CONFIG_HOME) has these keys:
                theme             the dashboard's, such as light
                past              how much of what has passed is kept on disk, such as 512MB
                runbooks          pages about strategies: match, url
                alerts, silences  what the hub looks out for
                metrics           where it serves them: 127.0.0.1:9464
              ~/.config/fusebox/themes           themes of your own, NAME.yaml
              ~/.local/state/fusebox/view.json   ($XDG_STATE_HOME) order, grouping,
                                                 filter and ':theme' for next time
            """,
        version: version,
        subcommands: [
            WatchCommand.self, DemoCommand.self, HubCommand.self, StatusCommand.self,
            EventsCommand.self, AlertsCommand.self,
            BreakerCommand.self, LimitCommand.self, TapCommand.self, PipeCommand.self,
            RecordCommand.self,
            ReplayCommand.self, ExportCommand.self, ReportCommand.self, WhatIfCommand.self,
            ThemeCommand.self, DoctorCommand.self,
            DemoAgentCommand.self,
        ],
        defaultSubcommand: WatchCommand.self)

    static func main() async {
        Console.openStandardDescriptors()
        // A peer that goes away, and a full disk, are errors of a call and no reason to die.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Console.error(failure.message)
            Glibc.exit(failure.code.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}

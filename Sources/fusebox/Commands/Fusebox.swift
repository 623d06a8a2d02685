import ArgumentParser
import Glibc
import HostSupport

/// The root command. Parses the command line and runs one subcommand.
@main
struct Fusebox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusebox",
        abstract:
            "A terminal panel for the retry strategies and circuit breakers of running agents.",
        discussion: """
            Without a subcommand it shows the live dashboard. New here? 'fusebox demo' shows it over \
            agents that fail on a script.

            Files:
              ~/.config/fusebox/config.yaml      ($XDG_CONFIG_HOME) has these keys:
                theme             the dashboard's theme, such as light
                past              disk space for past events, such as 512MB
                runbooks          pages about strategies: match, url
                alerts, silences  the rules of the hub's alerts
                audit_keep        how long the hub keeps its audit log: 90d
                metrics           the address of the hub's metrics: 127.0.0.1:9464
                scrape            longest interval between Prometheus scrapes, such as 60s
              ~/.config/fusebox/themes           your own themes, NAME.yaml
              ~/.local/state/fusebox/view.json   ($XDG_STATE_HOME) order, grouping,
                                                 filter and ':theme' for next time
            """,
        version: Program.version,
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
        Glibc.exit(await status(of: Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs a command line.
    ///
    /// - Returns: the exit status of the program.
    private static func status(of arguments: [String]) async -> Int32 {
        var type: any ParsableCommand.Type = Fusebox.self
        do {
            try InvalidCommandLine.checkHelp(arguments)
            var command = try parseAsRoot(arguments)
            type = Swift.type(of: command)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try StandardOutput.finish()
            return StandardOutput.hasFailed ? Failure.Code.refused.rawValue : 0
        } catch {
            return end(with: error, of: type, arguments)
        }
    }

    /// Reports the error of a command.
    ///
    /// - Returns: the exit status of the program.
    private static func end(
        with error: any Error, of type: any ParsableCommand.Type, _ arguments: [String]
    ) -> Int32 {
        switch error {
        case let failure as Failure:
            Console.error(failure.message)
            return failure.code.rawValue
        // It has said why.
        case let code as ExitCode: return code.rawValue
        case StandardOutput.Ended.readerGone: return 0
        case StandardOutput.Ended.failed(let number):
            Console.error(StandardOutput.words(number))
            return Failure.Code.refused.rawValue
        case let misread as InvalidCommandLine:
            Console.usage(misread.description)
            return ExitCode.validationFailure.rawValue
        default: break
        }
        // What was asked of ArgumentParser, such as help, is no error.
        let code = exitCode(for: error)
        guard code != .success else {
            do {
                try StandardOutput.print(fullMessage(for: error))
                try StandardOutput.finish()
                return code.rawValue
            } catch {
                return end(with: error, of: type, arguments)
            }
        }
        if let misread = InvalidCommandLine(arguments, refused: message(for: error)) {
            return end(with: misread, of: type, arguments)
        }
        if let invalid = error as? ValidationError {
            Console.usage(InvalidCommandLine(invalid.message, of: type).description)
        } else {
            Console.usage(fullMessage(for: error))
        }
        return code.rawValue
    }
}

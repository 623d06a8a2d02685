import ArgumentParser
import Attach
import Foundation
import Glibc
import ResilienceWire
import Sockets

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Says which sockets were tried, what answers, and what to do.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        Console.print("fusebox \(Fusebox.version), uid \(getuid()), pid \(getpid())")
        Console.print("\nHubs")
        let attempts = await connection.locator.survey()
        for attempt in attempts {
            let pid =
                attempt.place.directory.flatMap { HubLock.owner(of: $0) }.map { " (pid \($0))" }
                ?? ""
            let mark = attempt.error == nil ? "ok" : "--"
            let words = attempt.error?.description ?? "a hub answers\(pid)"
            Console.print("  \(mark) \(attempt.place): \(SafeText.sanitiseLines(words))")
        }
        Console.print("\nAgents look at")
        switch environment["FUSEBOX_SOCKET"] {
        case .some(""): Console.print("  nothing: FUSEBOX_SOCKET is empty, telemetry is off")
        case .some(let path): Console.print("  \(SafeText.sanitise(path)) (FUSEBOX_SOCKET)")
        case .none:
            for place in connection.locator.directories {
                Console.print("  \(SafeText.sanitise(place.socket(.agent)))")
            }
        }
        Console.print("\nTerminal")
        let terminal = SafeText.sanitise(environment["TERM"] ?? "(not set)")
        Console.print("  TERM=\(terminal), \(locale), \(output)")
        guard attempts.contains(where: { $0.error == nil }) else {
            Console.print(
                "\nNo hub answers. Start one with 'fusebox hub --background', or try 'fusebox demo'."
            )
            throw ExitCode(Failure.Code.noHub.rawValue)
        }
    }

    private var locale: String {
        setlocale(LC_ALL, "")
        let charset = nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } ?? "unknown"
        return charset == "UTF-8" ? "UTF-8" : "\(charset): glyphs are replaced by ASCII"
    }

    private var output: String {
        Console.hasScreen
            ? "standard output is a terminal"
            : "standard output is no terminal: 'fusebox' prints what 'status' prints"
    }
}

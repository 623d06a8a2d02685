import ArgumentParser
import Attach
import Foundation
import Glibc
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
            let owner = attempt.place.directory.flatMap { HubLock.owner(of: $0) }
            let pid = owner.map { " (pid \($0)\(Self.isStopped($0) ? ", stopped" : ""))" } ?? ""
            let mark = attempt.error == nil ? "ok" : "--"
            let words = attempt.error?.description ?? "a hub answers"
            Console.print("  \(mark) \(attempt.place): \(words)\(pid)")
        }
        Console.print("\nAgents look at")
        switch environment["FUSEBOX_SOCKET"] {
        case .some(""): Console.print("  nothing: FUSEBOX_SOCKET is empty, telemetry is off")
        case .some(let path): Console.print("  \(path) (FUSEBOX_SOCKET)")
        case .none:
            for place in connection.locator.directories {
                Console.print("  \(place.socket(.agent))")
            }
        }
        Console.print("\nTerminal")
        Console.print("  TERM=\(environment["TERM"] ?? "(not set)"), \(locale), \(output)")
        let silent = attempts.first { if case .silent = $0.error { true } else { false } }
        if let silent {
            let owner = silent.place.directory.flatMap { HubLock.owner(of: $0) }
            let advice = owner.map {
                Self.isStopped($0)
                    ? "'kill -CONT \($0)' lets it go on"
                    : "look at what process \($0) waits for"
            }
            Console.print(
                "\nThe hub at \(silent.place) is there and does not answer; "
                    + (advice ?? "look at the way to it"))
            throw ExitCode(Failure.Code.noHub.rawValue)
        }
        guard attempts.contains(where: { $0.error == nil }) else {
            Console.print(
                "\nNo hub answers. Start one with 'fusebox hub --background', or try 'fusebox demo'."
            )
            throw ExitCode(Failure.Code.noHub.rawValue)
        }
    }

    /// Whether a process was stopped by a signal.
    private static func isStopped(_ pid: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
            return false
        }
        return status.split(separator: ")").last?.first { $0 != " " } == "T"
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

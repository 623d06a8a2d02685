import ArgumentParser
import Fleet
import Foundation
import Glibc
import HostSupport
import HubClient
import ResilienceWire
import Sockets
import Terminal

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Shows which sockets were tried, what answers, and what to do.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        try StandardOutput.print("fusebox \(Program.version), uid \(getuid()), pid \(getpid())")
        try StandardOutput.print("\nHubs")
        let attempts = await connection.locator.survey()
        for attempt in attempts {
            let owner = attempt.place.directory.flatMap { HubLock.owner(of: $0) }
            let pid = owner.map { " (pid \($0)\(Self.isStopped($0) ? ", stopped" : ""))" } ?? ""
            let mark = attempt.error == nil ? "ok" : "--"
            let words = SafeText.sanitiseLines(attempt.error?.description ?? "a hub answers")
            try StandardOutput.print(
                "  \(mark) \(SafeText.sanitise(attempt.place.description)): \(words)\(pid)")
        }
        if attempts.contains(where: { $0.error == nil }) { try await printLibraries() }
        try StandardOutput.print("\nAgents look at")
        switch environment["FUSEBOX_SOCKET"] {
        case .some(""):
            try StandardOutput.print("  nothing: FUSEBOX_SOCKET is empty, telemetry is off")
        case .some(let path):
            try StandardOutput.print("  \(SafeText.sanitise(path)) (FUSEBOX_SOCKET)")
        case .none:
            for place in connection.locator.directories {
                try StandardOutput.print("  \(SafeText.sanitise(place.socket(.agent)))")
            }
        }
        try StandardOutput.print("\nTerminal")
        let terminal = SafeText.sanitise(environment["TERM"] ?? "(not set)")
        try StandardOutput.print(
            "  TERM=\(terminal), \(Surroundings.charset), \(output)")
        let silent = attempts.first { if case .silent = $0.error { true } else { false } }
        if let silent {
            let owner = silent.place.directory.flatMap { HubLock.owner(of: $0) }
            let advice = owner.map {
                Self.isStopped($0)
                    ? "'kill -CONT \($0)' continues it"
                    : "check what process \($0) waits for"
            }
            try StandardOutput.print(
                "\nThe hub at \(SafeText.sanitise(silent.place.description)) is running but does not answer; "
                    + (advice ?? "check the connection to it"))
            throw ExitCode(Failure.Code.noHub.rawValue)
        }
        guard attempts.contains(where: { $0.error == nil }) else {
            try StandardOutput.print(
                "\nNo hub answers. Start one with 'fusebox hub --background', or try 'fusebox demo'."
            )
            throw ExitCode(Failure.Code.noHub.rawValue)
        }
    }

    /// Prints the libraries that the clients of connected agents do not support.
    private func printLibraries() async throws {
        let alerts = try await connection.fleet().alerts.filter {
            $0.alert.rule == Alert.libraryRule && $0.alert.firing
        }
        guard !alerts.isEmpty else { return }
        try StandardOutput.print("\nLibraries that agents do not support")
        for alert in alerts {
            try StandardOutput.print("  \(alert.alert.about): \(alert.alert.detail)")
        }
        try StandardOutput.print(
            "  use a version that the page of the library names, or a newer client")
    }

    /// Whether a process was stopped by a signal.
    private static func isStopped(_ pid: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
            return false
        }
        return status.split(separator: ")").last?.first { $0 != " " } == "T"
    }

    private var output: String {
        Console.hasScreen
            ? "standard output is a terminal"
            : "standard output is not a terminal: 'fusebox' prints what 'status' prints"
    }
}

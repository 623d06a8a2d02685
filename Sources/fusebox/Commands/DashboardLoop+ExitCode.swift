import ArgumentParser
import DashboardApp
import HostSupport

extension DashboardLoop {
    /// Shows the dashboard until it ends.
    ///
    /// - Throws: `ExitCode` 128 and the signal's number after a signal, 1 after the loss of the terminal.
    static func runForCommand(
        _ subject: Subject, _ look: DisplaySettings, limit: Duration? = nil
    ) async throws {
        switch try await run(subject, look, limit: limit) {
        case .quit: break
        case .signal(let number): throw ExitCode(128 + number)
        case .terminalGone: throw ExitCode(Failure.Code.refused.rawValue)
        }
    }
}

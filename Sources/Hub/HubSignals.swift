package import Fleet
import Glibc
package import HostSupport

/// The signals of a hub: SIGTERM and SIGINT end it, SIGHUP reads its config again.
package struct HubSignals: Sendable {
    private let signals: Signals
    private let config: String
    private let manager: ServiceManager?
    private let hadTerminal = Self.hasTerminal

    private let load: @Sendable () throws(Failure) -> AlertRules

    /// - Parameters:
    ///   - config: the path of the config, for messages.
    ///   - load: reads the alert rules from the config.
    package init(
        _ config: String, _ manager: ServiceManager?,
        load: @escaping @Sendable () throws(Failure) -> AlertRules
    ) async {
        signals = await Signals()
        self.config = config
        self.manager = manager
        self.load = load
    }

    /// Handles signals until one ends the hub.
    package func handle(_ hub: Hub) async {
        // Whether the last config that was read has a mistake.
        var isWrong = false
        _ = await signals.first { number in
            // It also comes when the terminal that it runs in goes away.
            let isHangup = hadTerminal && !Self.hasTerminal
            guard number == SIGHUP, !isHangup else { return true }
            isWrong = await !reload(hub, after: isWrong)
            return false
        }
    }

    /// Reads the config again. A config with an error changes nothing, and an alert fires until the error is gone.
    ///
    /// - Parameter mistake: whether the previous config had an error.
    /// - Returns: whether the new config is in force.
    private func reload(_ hub: Hub, after mistake: Bool) async -> Bool {
        manager?.tell(.reloading)
        defer { manager?.tell(.ready) }
        do throws(Failure) {
            await hub.adopt(try load())
            Console.error("hub: reloaded \(config)")
            if mistake { hub.tellConfig(isWrong: false, "reloaded \(config)") }
            return true
        } catch {
            let words = "\(error.message); the former rules stay in force"
            Console.error("hub: \(words)")
            hub.tellConfig(isWrong: true, words)
            return false
        }
    }

    private static var hasTerminal: Bool {
        let terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }
}

import Glibc
import Hub

/// What a hub does at a signal: it ends, or reads its config again.
struct HubSignals {
    private let signals: Signals
    private let config: String
    private let manager: ServiceManager?
    private let hadTerminal = Self.hasTerminal

    init(_ config: String, _ manager: ServiceManager?) async {
        signals = await Signals()
        self.config = config
        self.manager = manager
    }

    /// Returns when the hub is to end.
    func obey(_ hub: Hub) async {
        _ = await signals.first { number in
            // It also comes when the terminal that it runs in goes away.
            let isHangup = hadTerminal && !Self.hasTerminal
            guard number == SIGHUP, !isHangup else { return true }
            await reload(hub)
            return false
        }
    }

    /// A config with a mistake changes nothing.
    private func reload(_ hub: Hub) async {
        manager?.tell(.reloading)
        defer { manager?.tell(.ready) }
        do throws(Failure) {
            await hub.adopt(try Config.load(config).alerts)
            Console.error("hub: read \(config) again")
        } catch {
            Console.error("hub: \(error.message); the rules stay as they were")
        }
    }

    private static var hasTerminal: Bool {
        let terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }
}

import Glibc
import Hub

/// What a hub does at a signal: it ends, or reads its config again.
struct HubSignals {
    private let config: String
    private let hadTerminal = Self.hasTerminal

    init(_ config: String) {
        self.config = config
    }

    /// Returns when the hub is to end.
    func obey(_ hub: Hub) async {
        _ = await Signals.first { number in
            // It also comes when the terminal that it runs in goes away.
            let isHangup = hadTerminal && !Self.hasTerminal
            guard number == SIGHUP, !isHangup else { return true }
            await reload(hub)
            return false
        }
    }

    /// A config with a mistake changes nothing.
    private func reload(_ hub: Hub) async {
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

package import HostSupport

extension ServiceManager {
    /// Reports the status of the hub when it changes, and keeps the watchdog alive at half its interval.
    ///
    /// Each report waits for the hub's event loop, so that systemd restarts a hub that hangs. Runs until cancelled.
    package func attend(_ hub: Hub) async {
        let pause = min(watchdog.map { $0 / 2 } ?? .seconds(1), .seconds(1))
        var last = ""
        while !Task.isCancelled {
            let peers = await hub.peers
            let words = "\(peers.agents) agents, \(peers.watchers) watching"
            if watchdog != nil { tell(.watchdog) }
            if words != last { tell(.status(words)) }
            last = words
            try? await Task.sleep(for: pause)
        }
    }
}

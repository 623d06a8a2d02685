import HostSupport
import Hub

extension ServiceManager {
    /// Tells what the hub does when that changes, and that it answers in half the time of the
    /// watchdog: from the hub's own loop, so that one which hangs is started again. Until cancelled.
    func attend(_ hub: Hub) async {
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
